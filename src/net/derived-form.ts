/**
 * A derived form of an answer ({@link HttpRequest.derive}) of which only what is looked at need be in memory: of a document
 * with a thousand versions, most runs look at one.
 */
export interface DerivedForm {
  readonly byteLength: number;
  /** The first `end` bytes, to be kept. They begin at a multiple of 8. */
  front(end: number): Uint8Array;
  /** Bytes `from` to `end` (exclusive), valid until anything else is read: to be copied or decoded at once. */
  glance(from: number, end: number): Buffer;
}

/** A form that is in memory already. */
export class WholeForm implements DerivedForm {
  readonly byteLength: number;
  readonly #bytes: Buffer;

  constructor(bytes: Uint8Array) {
    const aligned = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
    this.byteLength = aligned.byteLength;
    this.#bytes = Buffer.from(aligned.buffer, aligned.byteOffset, aligned.byteLength);
  }

  front(end: number): Uint8Array {
    return this.#bytes.subarray(0, end);
  }

  glance(from: number, end: number): Buffer {
    return this.#bytes.subarray(from, end);
  }
}
