import type { SemVer } from "semver";
import { compareStretches } from "./byte-ranges.ts";
import { parseVersion } from "./version-range.ts";

/** Texts of versions that lie in one stretch of memory. */
export interface VersionTexts {
  readonly bytes: Buffer;
  /** Where each of them begins. */
  readonly starts: readonly number[];
  /** Where each of them has ended. */
  readonly ends: readonly number[];
}

/** Versions in order, and what finding them needs. */
export interface SortedVersions {
  /** Which text each version is, ascending (SemVer rule 11, then build metadata, then text). */
  readonly order: readonly number[];
  /** The indices of those with pre-release identifiers, ascending. */
  readonly prereleases: readonly number[];
  /** The x.y.z of each version, one after the other, each {@link fitting}. */
  readonly numbers: Int32Array;
}

/** A number of a version as lists hold it. What does not fit is beyond every bound that occurs. */
export function fitting(number: number): number {
  return Math.min(number, 0x7f_ff_ff_ff);
}

/**
 * Sorts versions ascending and tells which are pre-releases. Unreadable ones are left out; of equal texts the last counts.
 * Works on bytes: a document may have thousands of versions, of which a run looks at one.
 */
export function sortVersions(texts: VersionTexts): SortedVersions {
  return new Sorting(texts).sorted();
}

const minus = 0x2d;
const dot = 0x2e;
const zero = 0x30;
const nine = 0x39;

/** Digits of a number that are read at once; nobody has more. */
const maximumDigits = 9;
/** From this many digits on a number may lose some. */
const doubtfulDigits = 16;
const maximumLength = 256;

class Sorting {
  readonly #texts: VersionTexts;
  readonly #bytes: Buffer;
  /** The x.y.z of each text, one after the other. */
  readonly #numbers: Int32Array;
  /** Where the pre-release identifiers of each text begin and end; equal without any. */
  readonly #identifierStarts: Int32Array;
  readonly #identifierEnds: Int32Array;
  /** What only node-semver can read. */
  readonly #special = new Map<number, SemVer>();
  /** Where {@link #readNumber} and {@link #readIdentifiers} have come to. */
  #at = 0;

  constructor(texts: VersionTexts) {
    const count = texts.starts.length;
    this.#texts = texts;
    this.#bytes = texts.bytes;
    this.#numbers = new Int32Array(count * 3);
    this.#identifierStarts = new Int32Array(count);
    this.#identifierEnds = new Int32Array(count);
  }

  sorted(): SortedVersions {
    const { starts } = this.#texts;
    const texts: number[] = [];
    for (let text = 0; text < starts.length; text++) {
      if (this.#read(text)) texts.push(text);
    }
    texts.sort((left, right) => this.#compare(left, right));
    const order = texts.filter((text, index) => {
      const next = texts[index + 1];
      return next === undefined || this.#compare(text, next) !== 0;
    });
    const prereleases: number[] = [];
    const numbers = new Int32Array(order.length * 3);
    for (let index = 0; index < order.length; index++) {
      const text = order[index] ?? 0;
      if (this.#hasIdentifiers(text)) prereleases.push(index);
      for (let part = 0; part < 3; part++) numbers[index * 3 + part] = this.#numbers[text * 3 + part] ?? 0;
    }
    return { order, prereleases, numbers };
  }

  /** Reads a version as far as sorting needs it; false when it is none. */
  #read(text: number): boolean {
    const start = this.#texts.starts[text] ?? 0;
    const end = this.#texts.ends[text] ?? 0;
    if (end - start > maximumLength) return false;
    if (this.#readStrictly(text, start, end)) return true;
    const version = parseVersion(this.#bytes.toString("latin1", start, end));
    if (version === undefined) return false;
    this.#numbers[text * 3] = fitting(version.major);
    this.#numbers[text * 3 + 1] = fitting(version.minor);
    this.#numbers[text * 3 + 2] = fitting(version.patch);
    this.#special.set(text, version);
    return true;
  }

  /** Reads node-semver's strict form without build metadata: three numbers, and perhaps pre-release identifiers. */
  #readStrictly(text: number, start: number, end: number): boolean {
    this.#at = start;
    for (let part = 0; part < 3; part++) {
      if (part > 0 && this.#bytes[this.#at++] !== dot) return false;
      const number = this.#readNumber(end);
      if (number === -1) return false;
      this.#numbers[text * 3 + part] = number;
    }
    if (this.#at === end) return true;
    if (this.#bytes[this.#at++] !== minus) return false;
    this.#identifierStarts[text] = this.#at;
    this.#identifierEnds[text] = end;
    return this.#readIdentifiers(end);
  }

  /** A number of one to nine digits; -1 when there is none. */
  #readNumber(end: number): number {
    const start = this.#at;
    let number = 0;
    let at = start;
    for (; at < end && at - start < maximumDigits; at++) {
      const digit = (this.#bytes[at] ?? 0) - zero;
      if (digit < 0 || digit > 9) break;
      number = number * 10 + digit;
    }
    this.#at = at;
    return at === start ? -1 : number;
  }

  /** Whether there are only identifiers that strict SemVer admits, and numbers that lose no digits. */
  #readIdentifiers(end: number): boolean {
    for (let from = this.#at; ;) {
      let isNumber = true;
      let at = from;
      for (; at < end; at++) {
        const byte = this.#bytes[at] ?? 0;
        if (byte === dot) break;
        if (byte >= zero && byte <= nine) continue;
        if (!isLetter(byte) && byte !== minus) return false;
        isNumber = false;
      }
      if (at === from) return false;
      if (isNumber && at - from > 1 && (this.#bytes[from] === zero || at - from >= doubtfulDigits)) return false;
      if (at === end) return true;
      from = at + 1;
    }
  }

  #hasIdentifiers(text: number): boolean {
    const special = this.#special.get(text);
    if (special !== undefined) return special.prerelease.length > 0;
    return this.#identifierStarts[text] !== this.#identifierEnds[text];
  }

  #compare(left: number, right: number): number {
    const numbers = this.#numbers;
    for (let part = 0; part < 3; part++) {
      const difference = (numbers[left * 3 + part] ?? 0) - (numbers[right * 3 + part] ?? 0);
      if (difference !== 0) return difference;
    }
    const isPlain = this.#special.size === 0 || !(this.#special.has(left) || this.#special.has(right));
    const order = isPlain ? this.#compareIdentifiers(left, right) : this.#compareSpecial(left, right);
    return order === 0 ? this.#compareTexts(left, right) : order;
  }

  /** SemVer rule 11 for pre-releases; a release comes after all of its own. */
  #compareIdentifiers(left: number, right: number): number {
    const bytes = this.#bytes;
    let leftFrom = this.#identifierStarts[left] ?? 0;
    let rightFrom = this.#identifierStarts[right] ?? 0;
    const leftEnd = this.#identifierEnds[left] ?? 0;
    const rightEnd = this.#identifierEnds[right] ?? 0;
    if (leftFrom === leftEnd || rightFrom === rightEnd) {
      return Number(leftFrom === leftEnd) - Number(rightFrom === rightEnd);
    }
    for (;;) {
      const leftTo = this.#endOfIdentifier(leftFrom, leftEnd);
      const rightTo = this.#endOfIdentifier(rightFrom, rightEnd);
      const isLeftNumber = this.#isNumber(leftFrom, leftTo);
      const isRightNumber = this.#isNumber(rightFrom, rightTo);
      if (isLeftNumber !== isRightNumber) return isLeftNumber ? -1 : 1;
      const byLength = leftTo - leftFrom - (rightTo - rightFrom);
      // Without leading zeros the longer number is the larger one.
      if (isLeftNumber && byLength !== 0) return byLength;
      const order = compareStretches(bytes, leftFrom, leftTo, rightFrom, rightTo);
      if (order !== 0) return order;
      // Of two with the same identifiers, the one that has more of them comes later.
      if (leftTo === leftEnd || rightTo === rightEnd) return Number(rightTo === rightEnd) - Number(leftTo === leftEnd);
      leftFrom = leftTo + 1;
      rightFrom = rightTo + 1;
    }
  }

  #endOfIdentifier(from: number, end: number): number {
    let at = from;
    while (at < end && this.#bytes[at] !== dot) at += 1;
    return at;
  }

  #isNumber(from: number, end: number): boolean {
    for (let at = from; at < end; at++) {
      const byte = this.#bytes[at] ?? 0;
      if (byte < zero || byte > nine) return false;
    }
    return true;
  }

  #compareSpecial(left: number, right: number): number {
    const leftVersion = this.#special.get(left) ?? parseVersion(this.#text(left));
    const rightVersion = this.#special.get(right) ?? parseVersion(this.#text(right));
    if (leftVersion === undefined || rightVersion === undefined) return 0;
    return leftVersion.compare(rightVersion) || leftVersion.compareBuild(rightVersion);
  }

  #compareTexts(left: number, right: number): number {
    const { starts, ends } = this.#texts;
    return compareStretches(this.#bytes, starts[left] ?? 0, ends[left] ?? 0, starts[right] ?? 0, ends[right] ?? 0);
  }

  #text(text: number): string {
    return this.#bytes.toString("latin1", this.#texts.starts[text], this.#texts.ends[text]);
  }
}

function isLetter(byte: number): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a);
}
