import { evaluateFilter, IllTypedError, relationHolds, textOf, truthOf, type VariableLookup } from "./filter.ts";
import type { OpamValue, RelationOperator } from "./file/value.ts";
import { compareVersions } from "./version.ts";

/** A condition on the version of one package, with every filter evaluated. */
export type VersionFormula =
  | { readonly kind: "any" }
  | { readonly kind: "relation"; readonly operator: RelationOperator; readonly version: string }
  | { readonly kind: "and" | "or"; readonly operands: readonly VersionFormula[] };

/** A package with a condition on its version. */
export interface PackageAtom {
  readonly kind: "atom";
  readonly name: string;
  readonly versions: VersionFormula;
  /** The atom as it was written, for its text and place. */
  readonly source: OpamValue;
}

/** What a `depends` field means under one environment; empty conjunctions hold. */
export type PackageFormula =
  PackageAtom | { readonly kind: "and" | "or"; readonly operands: readonly PackageFormula[] };

export const anyVersion: VersionFormula = { kind: "any" };

/** Whether a version fulfils a formula. */
export function versionFulfils(formula: VersionFormula, version: string): boolean {
  switch (formula.kind) {
    case "any":
      return true;
    case "relation":
      return relationHolds(compareVersions(version, formula.version), formula.operator);
    case "and":
      return formula.operands.every((operand) => versionFulfils(operand, version));
    case "or":
      return formula.operands.some((operand) => versionFulfils(operand, version));
  }
}

/** The canonical text of a formula: `>= "1.0" & < "2.0"`; empty for any version. */
export function versionFormulaText(formula: VersionFormula): string {
  switch (formula.kind) {
    case "any":
      return "";
    case "relation":
      return `${formula.operator} "${formula.version}"`;
    case "and":
      return formula.operands
        .map((operand) => (operand.kind === "or" ? `(${versionFormulaText(operand)})` : versionFormulaText(operand)))
        .join(" & ");
    case "or":
      return formula.operands.map(versionFormulaText).join(" | ");
  }
}

/**
 * Evaluates a dependency formula under an environment (opam manual, "Filtered package formulas"). An atom whose filter
 * does not hold vanishes; `undefined` when nothing remains, which means that the formula holds. Throws
 * {@link IllTypedError} when the value is not a formula.
 */
export function evaluateFormula(value: OpamValue, lookup: VariableLookup): PackageFormula | undefined {
  switch (value.kind) {
    case "string":
      return { kind: "atom", name: value.value, versions: anyVersion, source: value };
    case "option": {
      if (value.value.kind !== "string") throw new IllTypedError("expected a package name in quotes", value.value);
      const versions = evaluateConditions(value.conditions, lookup);
      return versions === false
        ? undefined
        : { kind: "atom", name: value.value.value, versions: versions === true ? anyVersion : versions, source: value };
    }
    case "list":
    case "group":
      return combineFormulas("and", value.items, lookup);
    case "logical":
      return combineFormulas(value.operator === "&" ? "and" : "or", value.operands, lookup);
    default:
      throw new IllTypedError("expected a package name in quotes", value);
  }
}

/** The atoms of a `conflicts` or `depopts` field: however they are combined, each one counts by itself. */
export function evaluateAtoms(value: OpamValue, lookup: VariableLookup): PackageAtom[] {
  const formula = evaluateFormula(value, lookup);
  return formula === undefined ? [] : atomsOf(formula);
}

/** Every atom of a formula in the order of writing. */
export function atomsOf(formula: PackageFormula): PackageAtom[] {
  return formula.kind === "atom" ? [formula] : formula.operands.flatMap(atomsOf);
}

/**
 * Evaluates the content of a pair of braces: several conditions in a row are a conjunction. `true` and `false` when no
 * version matters, else what remains to be asked of the version. Throws {@link IllTypedError}.
 */
export function evaluateConditions(conditions: readonly OpamValue[], lookup: VariableLookup): VersionFormula | boolean {
  return combineVersions(
    "and",
    conditions.map((condition) => evaluateCondition(condition, lookup, false)),
  );
}

function combineFormulas(
  kind: "and" | "or",
  values: readonly OpamValue[],
  lookup: VariableLookup,
): PackageFormula | undefined {
  const operands: PackageFormula[] = [];
  for (const value of values) {
    const formula = evaluateFormula(value, lookup);
    if (formula !== undefined) operands.push(formula);
  }
  return operands.length > 1 ? { kind, operands } : operands[0];
}

/**
 * A negation is pushed down to the comparisons, because a filter without a value is false under a negation as well:
 * `{!undefined}` makes its atom vanish, just as `{undefined}` does.
 */
function evaluateCondition(value: OpamValue, lookup: VariableLookup, isNegated: boolean): VersionFormula | boolean {
  switch (value.kind) {
    case "prefix-relation": {
      const version = textOf(evaluateFilter(value.operand, lookup));
      if (version === undefined) return false;
      const operator = isNegated ? negations[value.operator] : value.operator;
      return { kind: "relation", operator, version };
    }
    case "logical":
      return combineVersions(
        (value.operator === "&") === isNegated ? "or" : "and",
        value.operands.map((operand) => evaluateCondition(operand, lookup, isNegated)),
      );
    case "group":
      return combineVersions(
        isNegated ? "or" : "and",
        value.items.map((item) => evaluateCondition(item, lookup, isNegated)),
      );
    case "prefix":
      if (value.operator === "!") return evaluateCondition(value.operand, lookup, !isNegated);
      break;
    default:
      break;
  }
  const truth = truthOf(evaluateFilter(value, lookup));
  return truth === undefined ? false : truth !== isNegated;
}

const negations: Readonly<Record<RelationOperator, RelationOperator>> = {
  "=": "!=",
  "!=": "=",
  "<": ">=",
  "<=": ">",
  ">": "<=",
  ">=": "<",
  "~": "~",
};

function combineVersions(
  kind: "and" | "or",
  operands: readonly (VersionFormula | boolean)[],
): VersionFormula | boolean {
  const absorbing = kind === "or";
  const remaining: VersionFormula[] = [];
  for (const operand of operands) {
    if (operand === absorbing) return absorbing;
    if (typeof operand !== "boolean") remaining.push(operand);
  }
  const [first] = remaining;
  if (first === undefined) return !absorbing;
  return remaining.length === 1 ? first : { kind, operands: remaining };
}
