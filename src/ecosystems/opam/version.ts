/**
 * Compares two opam versions: negative, zero or positive as `left` is lower, equal or greater (opam manual, "Version
 * ordering"). Debian's rule: epoch, upstream part, revision after the last `-`; each compared as alternating runs of
 * non-digits (`~` before the end, the end before letters, letters before everything else) and numbers of any length.
 */
export function compareVersions(left: string, right: string): number {
  if (left === right) return 0;
  const leftParts = splitVersion(left);
  const rightParts = splitVersion(right);
  return (
    compareRuns(leftParts.epoch, rightParts.epoch) ||
    compareRuns(leftParts.upstream, rightParts.upstream) ||
    compareRuns(leftParts.revision, rightParts.revision)
  );
}

interface VersionParts {
  readonly epoch: string;
  readonly upstream: string;
  readonly revision: string;
}

function splitVersion(version: string): VersionParts {
  const colon = version.indexOf(":");
  const rest = colon === -1 ? version : version.slice(colon + 1);
  const dash = rest.lastIndexOf("-");
  return {
    epoch: colon === -1 ? "" : version.slice(0, colon),
    upstream: dash === -1 ? rest : rest.slice(0, dash),
    revision: dash === -1 ? "" : rest.slice(dash + 1),
  };
}

const DIGIT_0 = 48;
const DIGIT_9 = 57;
const TILDE = 126;

function isDigit(code: number): boolean {
  return code >= DIGIT_0 && code <= DIGIT_9;
}

/** The weight of the character at `index` inside a non-digit run; the end of the run weighs zero. */
function characterWeight(text: string, index: number): number {
  if (index >= text.length) return 0;
  const code = text.charCodeAt(index);
  if (isDigit(code)) return 0;
  if (code === TILDE) return -1;
  const isLetter = (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
  return isLetter ? code : code + 256;
}

function compareRuns(left: string, right: string): number {
  let leftIndex = 0;
  let rightIndex = 0;
  while (leftIndex < left.length || rightIndex < right.length) {
    for (;;) {
      const leftWeight = characterWeight(left, leftIndex);
      const rightWeight = characterWeight(right, rightIndex);
      if (leftWeight !== rightWeight) return leftWeight - rightWeight;
      if (leftWeight === 0) break;
      leftIndex += 1;
      rightIndex += 1;
    }
    while (left.charCodeAt(leftIndex) === DIGIT_0) leftIndex += 1;
    while (right.charCodeAt(rightIndex) === DIGIT_0) rightIndex += 1;
    // Without leading zeros the longer number is the greater one; of equal lengths the first difference decides.
    let difference = 0;
    for (;;) {
      const leftCode = leftIndex < left.length ? left.charCodeAt(leftIndex) : 0;
      const rightCode = rightIndex < right.length ? right.charCodeAt(rightIndex) : 0;
      const leftIsDigit = isDigit(leftCode);
      const rightIsDigit = isDigit(rightCode);
      if (!leftIsDigit || !rightIsDigit) {
        if (leftIsDigit) return 1;
        if (rightIsDigit) return -1;
        break;
      }
      if (difference === 0) difference = leftCode - rightCode;
      leftIndex += 1;
      rightIndex += 1;
    }
    if (difference !== 0) return difference;
  }
  return 0;
}
