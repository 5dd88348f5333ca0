import { type Comparator, Range, satisfies, SemVer } from "semver";

/** Options of every range test: npm reads ranges and versions loosely (`==1.0.1`, `1.0.0beta`). */
const looseOptions = { loose: true } as const;

/** Three numbers: the x.y.z of a version. */
export type Tuple = readonly [number, number, number];

/** The tuples from `from` (inclusive) to `to` (exclusive). */
export interface TupleInterval {
  readonly from: Tuple;
  readonly to: Tuple;
}

/**
 * A range ready for use. Nearly every range names no pre-release, and then admits releases only: those whose x.y.z lies
 * in an interval, one for each alternative. For all others node-semver's own comparators are kept.
 */
export type CompiledRange =
  | { readonly kind: "plain"; readonly intervals: readonly TupleInterval[] }
  | { readonly kind: "comparators"; readonly sets: readonly (readonly Comparator[])[] };

/** Longer ones are for node-semver, which has its own defences. */
const maximumPlainLength = 128;

/** An operator and up to three numbers, any of which may be a placeholder. */
const plainComparator =
  /^(\^|~>?|[<>]=?|=)?(?:([1-9]\d{0,8}|0)|[xX*])(?:\.(?:([1-9]\d{0,8}|0)|[xX*])(?:\.(?:([1-9]\d{0,8}|0)|[xX*]))?)?$/;

const lowest: Tuple = [0, 0, 0];
const beyondAll: Tuple = [Number.POSITIVE_INFINITY, 0, 0];
const everything: TupleInterval = { from: lowest, to: beyondAll };
const nothing: TupleInterval = { from: lowest, to: lowest };

const compiledRanges = new Map<string, CompiledRange | undefined>();

/** Reads a range as node-semver does (loosely), each text once; `undefined` when it can't be read. */
export function compileRange(text: string): CompiledRange | undefined {
  const known = compiledRanges.get(text);
  if (known !== undefined || compiledRanges.has(text)) return known;
  const compiled = plainRange(text) ?? rangeOfComparators(text);
  compiledRanges.set(text, compiled);
  return compiled;
}

function rangeOfComparators(text: string): CompiledRange | undefined {
  try {
    return { kind: "comparators", sets: new Range(text, looseOptions).set };
  } catch {
    return undefined;
  }
}

function plainRange(text: string): CompiledRange | undefined {
  if (text.length > maximumPlainLength) return undefined;
  const intervals: TupleInterval[] = [];
  for (const alternative of text.includes("||") ? text.split("||") : [text]) {
    const interval = plainAlternative(alternative);
    if (interval === undefined) return undefined;
    intervals.push(interval);
  }
  return { kind: "plain", intervals };
}

/** The tuples that all comparators of one alternative admit; `undefined` when one of them is not plain. */
function plainAlternative(text: string): TupleInterval | undefined {
  const single = plainComparator.exec(text);
  if (single !== null) return intervalOf(single);
  const trimmed = text.trim();
  if (trimmed === "") return everything;
  let common = everything;
  for (const part of trimmed.replaceAll(/([<=>^~])\s+(?=[\d*Xx])/g, "$1").split(/\s+/)) {
    const match = plainComparator.exec(part);
    if (match === null) return undefined;
    const { from, to } = intervalOf(match);
    common = {
      from: compareTuples(from, common.from) > 0 ? from : common.from,
      to: compareTuples(to, common.to) < 0 ? to : common.to,
    };
  }
  return common;
}

function numberIn(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function intervalOf([, operator = "", majorText, minorText, patchText]: RegExpExecArray): TupleInterval {
  const major = numberIn(majorText);
  // A placeholder makes placeholders of all that follows.
  const minor = major === undefined ? undefined : numberIn(minorText);
  const patch = minor === undefined ? undefined : numberIn(patchText);
  if (major === undefined) return operator === "<" || operator === ">" ? nothing : everything;
  const first: Tuple = [major, minor ?? 0, patch ?? 0];
  // Where the versions end that the numbers alone mean: 1.2 means 1.2.0 up to 1.3.0.
  const next = nextOf(major, minor, patch);
  switch (operator) {
    case "<":
      return { from: lowest, to: first };
    case "<=":
      return { from: lowest, to: next };
    case ">":
      return { from: next, to: beyondAll };
    case ">=":
      return { from: first, to: beyondAll };
    case "^":
      return { from: first, to: caretEnd(major, minor, patch) };
    case "~":
    case "~>":
      return { from: first, to: minor === undefined ? [major + 1, 0, 0] : [major, minor + 1, 0] };
    default:
      return { from: first, to: next };
  }
}

function nextOf(major: number, minor: number | undefined, patch: number | undefined): Tuple {
  if (minor === undefined) return [major + 1, 0, 0];
  return patch === undefined ? [major, minor + 1, 0] : [major, minor, patch + 1];
}

/** A caret leaves the first number that is not zero as it is. */
function caretEnd(major: number, minor: number | undefined, patch: number | undefined): Tuple {
  if (major > 0 || minor === undefined) return [major + 1, 0, 0];
  if (minor > 0 || patch === undefined) return [0, minor + 1, 0];
  return [0, 0, patch + 1];
}

function compareTuples(left: Tuple, right: Tuple): number {
  // Two infinities differ by nothing.
  if (left[0] !== right[0]) return left[0] - right[0];
  return left[1] - right[1] || left[2] - right[2];
}

/** Whether node-semver can read `range` (loosely). */
export function isReadableRange(range: string): boolean {
  return compileRange(range) !== undefined;
}

/** A release in its usual spelling. */
const plainRelease = /^([1-9]\d{0,8}|0)\.([1-9]\d{0,8}|0)\.([1-9]\d{0,8}|0)$/;

/** Whether `version` lies in `range` as npm judges it: node-semver, loose, and `*` admits everything. */
export function rangeHolds(range: string, version: string): boolean {
  const trimmed = range.trim();
  if (trimmed === "" || trimmed === "*") return true;
  const compiled = compileRange(trimmed);
  if (compiled === undefined) return false;
  const release = compiled.kind === "plain" ? plainRelease.exec(version) : null;
  if (compiled.kind === "plain" && release !== null) {
    const tuple: Tuple = [Number(release[1]), Number(release[2]), Number(release[3])];
    return compiled.intervals.some(({ from, to }) => compareTuples(from, tuple) <= 0 && compareTuples(tuple, to) < 0);
  }
  return satisfies(version, trimmed, looseOptions);
}

/** The version in its normal form, or `undefined` when node-semver cannot read it (loosely). */
export function parseVersion(version: string): SemVer | undefined {
  try {
    return new SemVer(version, looseOptions);
  } catch {
    return undefined;
  }
}

/** Whether `version` lies in `range` as node-semver itself judges it. */
export function semverSatisfies(version: string, range: string): boolean {
  return satisfies(version, range, looseOptions);
}
