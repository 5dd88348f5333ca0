/**
 * Versions (PEP 440, "Version specifiers" of the packaging specifications).
 *
 * Numbers are kept as decimal digits because registries hold components beyond 2^53. Every version has a `key`: a
 * string such that comparing two keys by code unit compares the versions, so that sorting and interval sets need no
 * knowledge of the parts.
 */

/** Decimal digits without leading zeros. */
export type Digits = string;

/** A version in its parts. `text` is the normalised spelling, `key` orders it. */
export interface Version {
  readonly epoch: Digits;
  readonly release: readonly Digits[];
  readonly pre: { readonly letter: "a" | "b" | "rc"; readonly number: Digits } | undefined;
  readonly post: Digits | undefined;
  readonly dev: Digits | undefined;
  /** Normalised local label, without the `+`. */
  readonly local: string | undefined;
  readonly text: string;
  readonly key: string;
}

/** The parts from which {@link makeVersion} builds a version. */
export type VersionParts = Omit<Version, "text" | "key">;

/** More digits than Python itself converts to a number; nobody means it. */
const MAX_DIGITS = 4300;

const preLetters: ReadonlyMap<string, "a" | "b" | "rc"> = new Map([
  ["alpha", "a"],
  ["a", "a"],
  ["beta", "b"],
  ["b", "b"],
  ["c", "rc"],
  ["rc", "rc"],
  ["pre", "rc"],
  ["preview", "rc"],
]);

/** Whether the version is a pre-release or a development release (PEP 440, "Handling of pre-releases"). */
export function isPrerelease(version: Version): boolean {
  return version.pre !== undefined || version.dev !== undefined;
}

/** Orders two versions; zero for versions that PEP 440 calls equal (`1.0` and `1.0.0`). */
export function compareVersions(left: Version, right: Version): number {
  return left.key < right.key ? -1 : left.key > right.key ? 1 : 0;
}

/** A version from its parts, with its normalised text and its key. */
export function makeVersion(parts: VersionParts): Version {
  return { ...parts, text: versionText(parts), key: versionKey(parts) };
}

/** Reads a version in any spelling that PEP 440 allows; `undefined` for anything else. */
export function parseVersion(source: string): Version | undefined {
  const text = source.trim().toLowerCase();
  let at = text.startsWith("v") ? 1 : 0;
  const digitsAt = (): string => {
    const start = at;
    while (isDigit(text.charCodeAt(at))) at++;
    return text.slice(start, at);
  };

  let epoch: Digits = "0";
  let first = digitsAt();
  if (first !== "" && text[at] === "!") {
    epoch = trimZeros(first);
    at++;
    first = digitsAt();
  }
  if (first === "") return undefined;
  const release = [trimZeros(first)];
  while (text[at] === "." && isDigit(text.charCodeAt(at + 1))) {
    at++;
    release.push(trimZeros(digitsAt()));
  }

  /** A label with an optional separator before it and before its number: `.alpha-1`, `rc`, `_post.2`. */
  const labelled = (names: readonly string[]): { name: string; number: Digits } | undefined => {
    const afterSeparator = isSeparator(text.charCodeAt(at)) ? at + 1 : at;
    const name = names.find((candidate) => text.startsWith(candidate, afterSeparator));
    if (name === undefined) return undefined;
    at = afterSeparator + name.length;
    if (isSeparator(text.charCodeAt(at))) at++;
    return { name, number: trimZeros(digitsAt()) };
  };
  const preLabel = labelled(["alpha", "a", "beta", "b", "preview", "pre", "c", "rc"]);
  const preLetter = preLabel === undefined ? undefined : preLetters.get(preLabel.name);
  const pre =
    preLabel === undefined || preLetter === undefined ? undefined : { letter: preLetter, number: preLabel.number };

  let post: Digits | undefined;
  if (text[at] === "-" && isDigit(text.charCodeAt(at + 1))) {
    at++;
    post = trimZeros(digitsAt());
  } else {
    post = labelled(["post", "rev", "r"])?.number;
  }
  const dev = labelled(["dev"])?.number;

  let local: string | undefined;
  if (text[at] === "+") {
    const segments = text.slice(at + 1).split(/[-_.]/);
    if (!segments.every(isLocalSegment)) return undefined;
    local = segments.map((segment) => (isAllDigits(segment) ? trimZeros(segment) : segment)).join(".");
    at = text.length;
  }
  if (at !== text.length) return undefined;
  const isOversized = [epoch, ...release, pre?.number ?? "", post ?? "", dev ?? ""].some(
    (digits) => digits.length > MAX_DIGITS,
  );
  return isOversized ? undefined : makeVersion({ epoch, release, pre, post, dev, local });
}

/** One more than `digits`, in digits. */
export function increment(digits: Digits): Digits {
  return digits.length < 15 ? String(Number(digits) + 1) : String(BigInt(digits) + 1n);
}

function versionText(parts: VersionParts): string {
  let text = parts.epoch === "0" ? "" : `${parts.epoch}!`;
  text += parts.release.join(".");
  if (parts.pre !== undefined) text += parts.pre.letter + parts.pre.number;
  if (parts.post !== undefined) text += `.post${parts.post}`;
  if (parts.dev !== undefined) text += `.dev${parts.dev}`;
  if (parts.local !== undefined) text += `+${parts.local}`;
  return text;
}

/**
 * The characters of a key, in order of comparison. Markers of the suffix sort below the length prefix of a number, so
 * that `1` with any suffix sorts below `1.1`; each marker is followed by at most one number, so no key of a public
 * version is a prefix of another.
 */
const marks = {
  localText: "\u0002",
  localNumber: "\u0003",
  preDevOnly: "\u0010",
  preA: "\u0011",
  preB: "\u0012",
  preRc: "\u0013",
  preNone: "\u0014",
  postNone: "\u0020",
  post: "\u0021",
  postEnd: "\u0022",
  dev: "\u0030",
  devNone: "\u0031",
} as const;

function versionKey(parts: VersionParts): string {
  let key = releaseKey(parts);
  if (parts.pre !== undefined) {
    const mark = parts.pre.letter === "a" ? marks.preA : parts.pre.letter === "b" ? marks.preB : marks.preRc;
    key += mark + numberKey(parts.pre.number);
  } else if (parts.post === undefined && parts.dev !== undefined) {
    key += marks.preDevOnly;
  } else {
    key += marks.preNone;
  }
  key += parts.post === undefined ? marks.postNone : marks.post + numberKey(parts.post);
  key += parts.dev === undefined ? marks.devNone : marks.dev + numberKey(parts.dev);
  if (parts.local !== undefined) {
    for (const segment of parts.local.split(".")) {
      key += isAllDigits(segment) ? marks.localNumber + numberKey(segment) : marks.localText + segment;
    }
  }
  return key;
}

/** The first key after every post-release of the final release `version` (which has no pre, post or dev part). */
export function keyAfterPosts(version: Version): string {
  return releaseKey(version) + marks.preNone + marks.postEnd;
}

function releaseKey(parts: VersionParts): string {
  let length = parts.release.length;
  while (length > 1 && parts.release[length - 1] === "0") length--;
  let key = numberKey(parts.epoch);
  for (let index = 0; index < length; index++) key += numberKey(parts.release[index] ?? "0");
  return key;
}

/** Digits prefixed by their count: longer numbers are larger, equal lengths compare digit by digit. */
function numberKey(digits: Digits): string {
  return String.fromCharCode(0x40 + digits.length) + digits;
}

function trimZeros(digits: string): Digits {
  let start = 0;
  while (start < digits.length - 1 && digits.charCodeAt(start) === 0x30) start++;
  return digits === "" ? "0" : digits.slice(start);
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isSeparator(code: number): boolean {
  return code === 0x2e || code === 0x2d || code === 0x5f;
}

function isAllDigits(text: string): boolean {
  return /^[0-9]+$/.test(text);
}

function isLocalSegment(text: string): boolean {
  return /^[a-z0-9]+$/.test(text);
}
