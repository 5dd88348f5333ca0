/**
 * Compares two versions as Nix does (`builtins.compareVersions`, Nix manual "Name specification"): components are
 * maximal runs of digits or of other characters, split at `.` and `-`; numbers by value, `pre` before anything, a
 * number after any word.
 */
export function compareNixVersions(left: string, right: string): number {
  const leftComponents = versionComponents(left);
  const rightComponents = versionComponents(right);
  const length = Math.max(leftComponents.length, rightComponents.length);
  for (let index = 0; index < length; index++) {
    const leftComponent = leftComponents[index] ?? "";
    const rightComponent = rightComponents[index] ?? "";
    if (isComponentBefore(leftComponent, rightComponent)) return -1;
    if (isComponentBefore(rightComponent, leftComponent)) return 1;
  }
  return 0;
}

/** The components of a version, as `builtins.splitVersion` gives them. */
export function versionComponents(version: string): readonly string[] {
  return version.match(/[0-9]+|[^0-9.-]+/g) ?? [];
}

function isComponentBefore(left: string, right: string): boolean {
  const leftIsNumber = isNumber(left);
  const rightIsNumber = isNumber(right);
  if (leftIsNumber && rightIsNumber) return BigInt(left) < BigInt(right);
  if (left === "" && rightIsNumber) return true;
  if (left === "pre" && right !== "pre") return true;
  if (right === "pre") return false;
  if (rightIsNumber) return true;
  if (leftIsNumber) return false;
  return left < right;
}

function isNumber(component: string): boolean {
  return component !== "" && !/[^0-9]/.test(component);
}
