/** Evaluation of environment markers (PEP 508; the table of field types is that of the packaging specifications). */
import type { Marker, MarkerOperator } from "./marker.ts";
import { normaliseName } from "./names.ts";
import { remember } from "./remember.ts";
import { parseSpecifier, specifierSetAdmits, makeSpecifierSet } from "./specifier.ts";
import { parseVersion } from "./version.ts";

/** Values of the marker variables; `extra` is absent outside of package metadata. */
export interface MarkerEnvironment {
  readonly variables: ReadonlyMap<string, string>;
  /** Lockfiles only (PEP 751). */
  readonly extras?: ReadonlySet<string>;
  /** Lockfiles only (PEP 751). */
  readonly dependencyGroups?: ReadonlySet<string>;
}

/** The fields that are compared as versions where both sides are versions; `platform_version` is a text, as in `packaging` and uv. */
const versionFields: ReadonlySet<string> = new Set([
  "implementation_version",
  "platform_release",
  "python_full_version",
  "python_version",
]);

/** What an evaluation gives: `undefined` when a variable has no value here or the comparison means nothing. */
export type MarkerResult = boolean | undefined;

/** Whether the marker holds. Undefined comparisons make the whole marker undefined. */
export function evaluateMarker(marker: Marker, environment: MarkerEnvironment): MarkerResult {
  if (marker.kind === "compare") return evaluateComparison(marker, environment);
  let result = marker.kind === "and";
  for (const operand of marker.operands) {
    const value = evaluateMarker(operand, environment);
    if (value === undefined) return undefined;
    result = marker.kind === "and" ? result && value : result || value;
  }
  return result;
}

function evaluateComparison(marker: Marker & { kind: "compare" }, environment: MarkerEnvironment): MarkerResult {
  const { left, right, operator } = marker;
  if (left.kind === "text" && right.kind === "variable") {
    if (right.name === "extras" || right.name === "dependency_groups") {
      const members = right.name === "extras" ? environment.extras : environment.dependencyGroups;
      if (members === undefined) return undefined;
      if (operator !== "in" && operator !== "not in") return undefined;
      return members.has(normaliseName(left.text)) === (operator === "in");
    }
    const value = environment.variables.get(right.name);
    return value === undefined ? undefined : compare(left.text, operator, value, right.name);
  }
  if (left.kind !== "variable" || right.kind !== "text") return undefined;
  const value = environment.variables.get(left.name);
  return value === undefined ? undefined : compare(value, operator, right.text, left.name);
}

function compare(left: string, operator: MarkerOperator, right: string, field: string): MarkerResult {
  if (field === "extra") return compareTexts(normaliseName(left), operator, normaliseName(right));
  if (versionFields.has(field) && operator !== "in" && operator !== "not in") {
    const set = comparedSet(`${operator}${right}`);
    if (set !== undefined) {
      if (operator === "===") return left.toLowerCase() === right.toLowerCase();
      const version = comparedVersion(left);
      return version !== undefined && specifierSetAdmits(set, version);
    }
  }
  return compareTexts(left, operator, right);
}

/** The few versions and comparisons that all markers of an index are made of. */
const comparedVersion = remember(parseVersion);
const comparedSet = remember((text) => {
  const specifier = parseSpecifier(text);
  return specifier.ok ? makeSpecifierSet([specifier.value]) : undefined;
});

/** Comparison of texts: `<=` and `>=` mean equality, `<` and `>` never hold; `~=` and `===` mean nothing. */
function compareTexts(left: string, operator: MarkerOperator, right: string): MarkerResult {
  switch (operator) {
    case "==":
    case "<=":
    case ">=":
      return left === right;
    case "!=":
      return left !== right;
    case "<":
    case ">":
      return false;
    case "in":
      return right.includes(left);
    case "not in":
      return !right.includes(left);
    default:
      return undefined;
  }
}
