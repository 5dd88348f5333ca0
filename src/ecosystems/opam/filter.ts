import type { OpamValue, RelationOperator } from "./file/value.ts";
import { compareVersions } from "./version.ts";

/** A value that is not what its field may hold. opam then ignores the whole field; so does Enki, with a note. */
export class IllTypedError extends Error {
  readonly start: number;
  readonly end: number;

  constructor(message: string, value: OpamValue) {
    super(message);
    this.name = "IllTypedError";
    this.start = value.start;
    this.end = value.end;
  }
}

/** What a filter says; `undefined` when it hangs on a variable that has no value (opam manual, "Filters"). */
export type FilterResult = string | boolean | undefined;

/** The value of a variable: `os`, `with-test`, `foo:version`. */
export type VariableLookup = (name: string) => FilterResult;

/**
 * Evaluates a filter in Kleene's three-valued logic: an undefined variable makes everything around it undefined, except
 * beside `false &` and `true |`. Throws {@link IllTypedError}.
 */
export function evaluateFilter(value: OpamValue, lookup: VariableLookup): FilterResult {
  switch (value.kind) {
    case "string":
      return interpolate(value.value, lookup);
    case "identifier":
      return lookup(value.name);
    case "integer":
      return String(value.value);
    case "boolean":
      return value.value;
    case "group":
    case "list": {
      const [only, ...rest] = value.items;
      if (only === undefined || rest.length > 0) throw new IllTypedError("expected one condition", value);
      return evaluateFilter(only, lookup);
    }
    case "logical":
      return evaluateLogical(value.operator, value.operands, lookup);
    case "prefix": {
      const operand = evaluateFilter(value.operand, lookup);
      if (value.operator === "?") return operand !== undefined;
      const truth = truthOf(operand);
      return truth === undefined ? undefined : !truth;
    }
    case "relation": {
      const left = textOf(evaluateFilter(value.left, lookup));
      const right = textOf(evaluateFilter(value.right, lookup));
      if (left === undefined || right === undefined) return undefined;
      return relationHolds(compareVersions(left, right), value.operator);
    }
    default:
      throw new IllTypedError("expected a condition", value);
  }
}

/** Whether a filter holds; an undefined one does not. Throws {@link IllTypedError}. */
export function filterHolds(value: OpamValue, lookup: VariableLookup): boolean {
  return truthOf(evaluateFilter(value, lookup)) === true;
}

/** Whether an order of two versions (negative, zero, positive) fulfils an operator. */
export function relationHolds(order: number, operator: RelationOperator): boolean {
  switch (operator) {
    case "=":
      return order === 0;
    case "!=":
      return order !== 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
    case "~":
      return false;
  }
}

/** The text of a result; booleans are `true` and `false`. */
export function textOf(result: FilterResult): string | undefined {
  return typeof result === "boolean" ? String(result) : result;
}

/** A result as a condition: texts other than `true` and `false` are none. */
export function truthOf(result: FilterResult): boolean | undefined {
  if (typeof result === "boolean" || result === undefined) return result;
  if (result === "true") return true;
  return result === "false" ? false : undefined;
}

function evaluateLogical(
  operator: "&" | "|",
  operands: readonly OpamValue[],
  lookup: VariableLookup,
): boolean | undefined {
  const absorbing = operator === "|";
  let isUndefined = false;
  let isAbsorbed = false;
  // No short cut: an ill-typed operand must be found wherever it stands.
  for (const operand of operands) {
    const truth = truthOf(evaluateFilter(operand, lookup));
    if (truth === undefined) isUndefined = true;
    else if (truth === absorbing) isAbsorbed = true;
  }
  if (isAbsorbed) return absorbing;
  return isUndefined ? undefined : !absorbing;
}

/**
 * Replaces `%{variable}%` and `%{variable?when-true:otherwise}%`; an undefined variable becomes the empty text unless
 * `keepUnknown`, which leaves it as it stands for whoever knows its value later.
 */
export function interpolate(text: string, lookup: VariableLookup, keepUnknown = false): string {
  if (!text.includes("%")) return text;
  let result = "";
  let position = 0;
  for (;;) {
    const open = text.indexOf("%", position);
    if (open === -1) return result + text.slice(position);
    result += text.slice(position, open);
    if (text.startsWith("%%", open)) {
      result += keepUnknown ? "%%" : "%";
      position = open + 2;
      continue;
    }
    const close = text.startsWith("%{", open) ? text.indexOf("}%", open) : -1;
    if (close === -1) {
      result += "%";
      position = open + 1;
      continue;
    }
    const known = expand(text.slice(open + 2, close), lookup);
    result += known ?? (keepUnknown ? text.slice(open, close + 2) : "");
    position = close + 2;
  }
}

function expand(reference: string, lookup: VariableLookup): string | undefined {
  const question = reference.indexOf("?");
  const value = lookup(question === -1 ? reference : reference.slice(0, question));
  if (question === -1) return textOf(value);
  if (value === undefined) return undefined;
  const choices = reference.slice(question + 1);
  const colon = choices.indexOf(":");
  if (truthOf(value) === true) return colon === -1 ? choices : choices.slice(0, colon);
  return colon === -1 ? "" : choices.slice(colon + 1);
}
