import { EnkiError } from "../../model/enki-error.ts";
import { compareNixVersions, versionComponents } from "./version.ts";

type Operator = ">=" | "<=" | ">" | "<" | "=" | "!=";

/** One comparison of a range: `>= 1.85`. */
export interface Comparator {
  readonly operator: Operator;
  readonly version: string;
}

/**
 * Reads a range over versions of nixpkgs: comparators `>=`, `<=`, `>`, `<`, `=`, `!=` joined by commas, all of which
 * must hold; a version alone means `=`; `*` or nothing means any version. `= 3.12` admits 3.12 and everything below it,
 * such as 3.12.8, because nixpkgs names its packages by such series. Throws an EnkiError for anything else.
 */
export function parseNixRange(range: string): readonly Comparator[] {
  const trimmed = range.trim();
  if (trimmed === "" || trimmed === "*") return [];
  return trimmed.split(",").map((part) => parseComparator(part.trim(), range));
}

/** Whether `version` fulfils every comparator of `range`. Throws an EnkiError for an unreadable range. */
export function nixRangeAdmits(range: string, version: string): boolean {
  return parseNixRange(range).every((comparator) => holds(comparator, version));
}

const comparatorPattern = /^(>=|<=|==|!=|>|<|=)?\s*([0-9A-Za-z][0-9A-Za-z.+_-]*)$/;

function parseComparator(text: string, range: string): Comparator {
  const match = comparatorPattern.exec(text);
  const version = match?.[2];
  if (version === undefined) {
    throw new EnkiError(
      "invalid-manifest",
      `cannot read ${JSON.stringify(text)} in the range ${JSON.stringify(range)}`,
      {
        hint: "ranges over nixpkgs are comparators joined by commas: >=1.85, <2 (or = 3.12, or *)",
      },
    );
  }
  return { operator: operatorOf(match?.[1]), version };
}

function operatorOf(text: string | undefined): Operator {
  switch (text) {
    case ">=":
    case "<=":
    case ">":
    case "<":
    case "!=":
      return text;
    default:
      return "=";
  }
}

function holds(comparator: Comparator, version: string): boolean {
  switch (comparator.operator) {
    case "=":
      return isInSeries(version, comparator.version);
    case "!=":
      return !isInSeries(version, comparator.version);
    case ">=":
      return compareNixVersions(version, comparator.version) >= 0;
    case "<=":
      return compareNixVersions(version, comparator.version) <= 0 || isInSeries(version, comparator.version);
    case ">":
      return compareNixVersions(version, comparator.version) > 0 && !isInSeries(version, comparator.version);
    default:
      return compareNixVersions(version, comparator.version) < 0;
  }
}

/** Whether `version` is `series` or lies below it: 3.12.8 in 3.12, but not 3.120. */
function isInSeries(version: string, series: string): boolean {
  const wanted = versionComponents(series);
  return wanted.every((component, index) => component === versionComponents(version)[index]);
}
