/**
 * Sets of versions as sorted half-open intervals of version keys (see version.ts). Bounds that no version lies between
 * are written as one bound, so equal sets have equal representations: `>1.0a1` is `>=1.0a2.dev0`.
 */
import { increment, keyAfterPosts, makeVersion, type Version } from "./version.ts";

/** `[from, to, from, to …)`, strictly ascending. The empty list is the empty set. */
export type VersionRange = readonly string[];

const NOTHING_ABOVE = "\uffff";

/** The least version there is: `0.dev0`. */
const floorKey = makeVersion({
  epoch: "0",
  release: ["0"],
  pre: undefined,
  post: undefined,
  dev: "0",
  local: undefined,
}).key;

export const emptyRange: VersionRange = [];
export const fullRange: VersionRange = [floorKey, NOTHING_ABOVE];

/** Versions from `from` (inclusive) to `to` (exclusive); unbounded where a key is absent. */
export function rangeBetween(from: string | undefined, to: string | undefined): VersionRange {
  const lower = from ?? floorKey;
  const upper = to ?? NOTHING_ABOVE;
  return lower < upper && upper > floorKey ? [lower < floorKey ? floorKey : lower, upper] : emptyRange;
}

/** Whether the version with this key is in the set. */
export function rangeHas(range: VersionRange, key: string): boolean {
  let low = 0;
  let high = range.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const bound = range[middle];
    if (bound !== undefined && bound <= key) low = middle + 1;
    else high = middle;
  }
  return (low & 1) === 1;
}

/** Versions in both sets. */
export function intersectRanges(left: VersionRange, right: VersionRange): VersionRange {
  return sweep(left, right, (inLeft, inRight) => inLeft && inRight);
}

/** Versions that are not in the set. */
export function complementRange(range: VersionRange): VersionRange {
  return sweep(fullRange, range, (inAll, inRange) => inAll && !inRange);
}

export function rangesEqual(left: VersionRange, right: VersionRange): boolean {
  return left.length === right.length && left.every((bound, index) => bound === right[index]);
}

export function isSubrange(inner: VersionRange, outer: VersionRange): boolean {
  return rangesEqual(intersectRanges(inner, outer), inner);
}

export function areDisjoint(left: VersionRange, right: VersionRange): boolean {
  return intersectRanges(left, right).length === 0;
}

function sweep(
  left: VersionRange,
  right: VersionRange,
  keep: (inLeft: boolean, inRight: boolean) => boolean,
): VersionRange {
  const bounds: string[] = [];
  let leftAt = 0;
  let rightAt = 0;
  let isKept = false;
  while (leftAt < left.length || rightAt < right.length) {
    const nextLeft = left[leftAt];
    const nextRight = right[rightAt];
    const bound = nextRight === undefined || (nextLeft !== undefined && nextLeft <= nextRight) ? nextLeft : nextRight;
    if (bound === undefined) break;
    if (nextLeft === bound) leftAt++;
    if (nextRight === bound) rightAt++;
    const keepsNow = keep((leftAt & 1) === 1, (rightAt & 1) === 1);
    if (keepsNow !== isKept) bounds.push(bound);
    isKept = keepsNow;
  }
  return bounds;
}

/** The key of the least version above `version` and all its local versions. */
export function keyAfterLocals(version: Version): string {
  if (version.dev !== undefined) return makeVersion({ ...version, dev: increment(version.dev), local: undefined }).key;
  const post = version.post === undefined ? "0" : increment(version.post);
  return makeVersion({ ...version, post, dev: "0", local: undefined }).key;
}

/** The key of the least version that `>version` admits: post-releases of a version that is none itself are skipped. */
export function keyAbove(version: Version): string {
  if (version.dev !== undefined || version.post !== undefined) return keyAfterLocals(version);
  if (version.pre === undefined) return keyAfterPosts(version);
  const pre = { letter: version.pre.letter, number: increment(version.pre.number) };
  return makeVersion({ ...version, pre, dev: "0", local: undefined }).key;
}

/** The key at which `<version` ends: pre-releases of a version that is none itself are skipped. */
export function keyBelow(version: Version): string {
  const isPre = version.pre !== undefined || version.dev !== undefined;
  return isPre ? version.key : makeVersion({ ...version, dev: "0", local: undefined }).key;
}

/** The versions whose release starts with `release` (`==1.2.*`). */
export function prefixRange(epoch: string, release: readonly string[]): VersionRange {
  const floorOf = (parts: readonly string[]): string =>
    makeVersion({ epoch, release: parts, pre: undefined, post: undefined, dev: "0", local: undefined }).key;
  const last = release.at(-1) ?? "0";
  return rangeBetween(floorOf(release), floorOf([...release.slice(0, -1), increment(last)]));
}
