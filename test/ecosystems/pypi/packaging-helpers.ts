/** Words that the checks of packaging's vectors share. */
import { filterVersionTexts } from "../../../src/ecosystems/pypi/pep/prerelease-policy.ts";
import { parseSpecifierSet, type SpecifierSet } from "../../../src/ecosystems/pypi/pep/specifier.ts";
import { parseVersion, type Version } from "../../../src/ecosystems/pypi/pep/version.ts";

// The rows come from Python tests of many shapes: each check names the shape that it expects.
// oxlint-disable-next-line typescript/no-explicit-any
export type Check = (...row: any[]) => boolean | Promise<boolean>;

export function version(text: string): Version {
  const parsed = parseVersion(text);
  if (parsed === undefined) throw new Error(`not a version: ${text}`);
  return parsed;
}

export function set(text: string): SpecifierSet {
  const parsed = parseSpecifierSet(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.problem.message}`);
  return parsed.value;
}

export function compareBy(operator: string, order: number): boolean {
  const meanings: Record<string, boolean> = {
    lt: order < 0,
    le: order <= 0,
    eq: order === 0,
    ge: order >= 0,
    gt: order > 0,
    ne: order !== 0,
  };
  return meanings[operator.replace("built-in function ", "")] ?? false;
}

export function same(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

/** Filters with packaging's two policy arguments: one kept in the set, one given to the call. */
export function filter(
  text: string,
  configured: boolean | null,
  given: boolean | null,
  texts: readonly string[],
): string[] {
  return filterVersionTexts(set(text), texts, given ?? configured ?? undefined);
}
