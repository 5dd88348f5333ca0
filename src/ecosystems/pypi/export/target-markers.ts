/** Markers that tell the targets of a lock apart. */
import type { LockTarget } from "./lock-closure.ts";

/** The variables that tell targets apart, the most telling first. */
const variables = ["sys_platform", "platform_machine", "python_full_version"] as const;

/** The condition under which exactly one target is meant among all of them, in PEP 508 syntax. */
export function targetMarker(target: LockTarget, all: readonly LockTarget[]): string {
  const parts = variables
    .filter((name) => new Set(all.map((other) => other.variables.get(name))).size > 1)
    .map((name) => `${name} == "${target.variables.get(name) ?? ""}"`);
  return parts.join(" and ");
}

/** The condition that holds on exactly these targets of all; `undefined` when it holds on every one. */
export function targetsMarker(some: readonly LockTarget[], all: readonly LockTarget[]): string | undefined {
  if (some.length === all.length) return undefined;
  // One variable often says it all: `sys_platform == "linux"` for both Linux targets.
  for (const name of variables) {
    const inside = new Set(some.map((target) => target.variables.get(name)));
    const outside = all.filter((target) => !some.includes(target)).map((target) => target.variables.get(name));
    if (outside.every((value) => !inside.has(value))) {
      return anyOf([...inside].map((value) => `${name} == "${value ?? ""}"`).toSorted());
    }
  }
  return anyOf(some.map((target) => targetMarker(target, all)).toSorted());
}

/** Conditions of which one must hold. */
export function anyOf(conditions: readonly string[]): string {
  return conditions.length === 1 ? (conditions[0] ?? "") : conditions.map(parenthesised).join(" or ");
}

/** Conditions that must all hold. */
export function allOf(conditions: readonly string[]): string {
  return conditions.length === 1 ? (conditions[0] ?? "") : conditions.map(parenthesised).join(" and ");
}

function parenthesised(condition: string): string {
  return / (?:and|or) /.test(condition) ? `(${condition})` : condition;
}
