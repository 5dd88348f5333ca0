import type { Dispatcher } from "undici";

import { tooLarge } from "./decode-body.ts";

/** What an answer's receiver must know of its request. */
export interface ReceivedRequest {
  readonly maxBytes: number;
  readonly signal: AbortSignal | undefined;
  readonly onBytes: (count: number) => void;
}

/** An answer as it came over the wire: its body complete, but not decoded. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
}

/** The body of an answer that is no success is read this far, so that the connection can be used again. */
const unwantedBytes = 64 * 1024;

/** Who gives up when a signal says so. One listener for all of them: adding one costs as much as a small answer. */
const receivers = new WeakMap<AbortSignal, Set<AnswerReceiver>>();

function receiversOf(signal: AbortSignal): Set<AnswerReceiver> {
  const known = receivers.get(signal);
  if (known !== undefined) return known;
  const waiting = new Set<AnswerReceiver>();
  receivers.set(signal, waiting);
  signal.addEventListener("abort", () => {
    for (const receiver of waiting) receiver.fail(signal.reason);
  });
  return waiting;
}

/**
 * Takes one answer piece by piece as undici's dispatchers hand it out. For a thousand small documents the streams of
 * undici's `request` cost more than the documents.
 */
export class AnswerReceiver implements Dispatcher.DispatchHandler {
  readonly #request: ReceivedRequest;
  readonly #resolve: (answer: RawAnswer) => void;
  readonly #reject: (error: unknown) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #isSettled = false;
  #status = 0;
  #headers: ReadonlyMap<string, string> = new Map();
  readonly #pieces: Uint8Array[] = [];
  #length = 0;

  constructor(request: ReceivedRequest, resolve: (answer: RawAnswer) => void, reject: (error: unknown) => void) {
    this.#request = request;
    this.#resolve = resolve;
    this.#reject = reject;
    const { signal } = request;
    if (signal === undefined) return;
    receiversOf(signal).add(this);
    if (signal.aborted) this.fail(signal.reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // It may have waited for a connection since long after nobody wanted it.
    if (this.#isSettled) this.#giveUp();
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    this.#status = status;
    this.#headers = headerMap(headers);
    const announced = Number(this.#headers.get("content-length") ?? Number.NaN);
    if (this.#isWanted && announced > this.#request.maxBytes) this.fail(tooLarge(this.#request.maxBytes));
  }

  onResponseData(_controller: Dispatcher.DispatchController, piece: Uint8Array): void {
    if (this.#isSettled) return;
    this.#length += piece.length;
    if (!this.#isWanted) {
      if (this.#length <= unwantedBytes) return;
      this.#settle();
      this.#giveUp();
      return;
    }
    this.#request.onBytes(piece.length);
    if (this.#length > this.#request.maxBytes) this.fail(tooLarge(this.#request.maxBytes));
    else this.#pieces.push(piece);
  }

  onResponseEnd(): void {
    this.#settle();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(error);
  }

  /** Gives the answer up. */
  fail(error: unknown): void {
    if (this.#isSettled) return;
    this.#finish();
    this.#giveUp();
    this.#reject(error);
  }

  get #isWanted(): boolean {
    return this.#status === 200 || this.#status === 206;
  }

  #settle(): void {
    if (this.#isSettled) return;
    this.#finish();
    const [only = new Uint8Array(), ...others] = this.#pieces;
    const body = others.length === 0 ? only : Buffer.concat(this.#pieces, this.#length);
    this.#resolve({ status: this.#status, headers: this.#headers, body });
  }

  #finish(): void {
    this.#isSettled = true;
    if (this.#request.signal !== undefined) receiversOf(this.#request.signal).delete(this);
  }

  /** Nobody waits for what is still to come; the connection can't be used again. */
  #giveUp(): void {
    this.#controller?.abort(new Error("given up"));
  }
}

function headerMap(headers: Readonly<Record<string, string | string[] | undefined>>): ReadonlyMap<string, string> {
  const map = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) map.set(name.toLowerCase(), typeof value === "string" ? value : value.join(", "));
  }
  return map;
}
