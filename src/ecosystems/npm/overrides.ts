import { Range } from "semver";

import { isJsonObject } from "./package-metadata.ts";
import { parseDependencySpec } from "./dependency-spec.ts";
import { rangeHolds } from "./version-range.ts";

/** One entry of `overrides`, with the entries nested in it. The root rule has no name. */
export class OverrideRule {
  readonly parent: OverrideRule | undefined;
  /** `b`, or `b@1`. */
  readonly key: string;
  readonly name: string;
  /** The range after the `@` of the key; `*` without one. */
  readonly keyRange: string;
  /** What replaces the dependent's range; equal to {@link keyRange} when the entry only holds nested ones. */
  readonly value: string;
  readonly children: ReadonlyMap<string, OverrideRule>;
  #rules: readonly OverrideRule[] | undefined;

  constructor(entry: unknown, key: string, parent: OverrideRule | undefined) {
    this.parent = parent;
    this.key = key;
    const at = key.indexOf("@", 1);
    this.name = at === -1 ? key : key.slice(0, at);
    this.keyRange = at === -1 ? "*" : key.slice(at + 1).trim() || "*";
    const nested = isJsonObject(entry) ? entry : {};
    const own = typeof entry === "string" ? entry : nested["."];
    this.value = typeof own === "string" ? own.trim() || "*" : this.keyRange;
    const children = new Map<string, OverrideRule>();
    for (const [childKey, child] of Object.entries(nested)) {
      if (childKey !== ".") children.set(childKey, new OverrideRule(child, childKey, this));
    }
    this.children = children;
  }

  /** The rules in force below this one: nearest first, each key once. */
  get rules(): readonly OverrideRule[] {
    if (this.#rules !== undefined) return this.#rules;
    const rules = new Map(this.children);
    if (this.parent !== undefined && !rules.has(this.key)) rules.set(this.key, this);
    for (const rule of this.parent?.rules ?? []) if (!rules.has(rule.key)) rules.set(rule.key, rule);
    this.#rules = [...rules.values()];
    return this.#rules;
  }

  /** The rule for a dependency on `name` with `spec` that is declared where this rule is in force; this rule when none is nearer. */
  forEdge(name: string, spec: string): OverrideRule {
    return this.rules.find((rule) => rule.name === name && rule.#appliesToSpec(spec)) ?? this;
  }

  /** The rule in force below a package. */
  forPackage(name: string, version: string): OverrideRule {
    return (
      this.rules.find(
        (rule) => rule.name === name && (rangeHolds(rule.keyRange, version) || rangeHolds(rule.value, version)),
      ) ?? this
    );
  }

  /** Whether this rule is in force within another. */
  isWithin(other: OverrideRule | undefined): boolean {
    for (let around = this.parent; around !== undefined; around = around.parent) {
      if (around === other) return true;
    }
    return other === undefined;
  }

  #appliesToSpec(text: string): boolean {
    if (this.keyRange === "*") return true;
    const spec = parseDependencySpec(this.name, text);
    if (spec.kind !== "range") return spec.kind === "tag" || spec.kind === "directory" || spec.kind === "file";
    return rangesIntersect(spec.range, this.keyRange);
  }
}

function rangesIntersect(left: string, right: string): boolean {
  try {
    return new Range(left, { loose: true }).intersects(new Range(right, { loose: true }), { loose: true });
  } catch {
    return false;
  }
}

/** The `overrides` of a root manifest, or `undefined` when it has none. Only a root's overrides count. */
export function rootOverrides(overrides: unknown): OverrideRule | undefined {
  if (!isJsonObject(overrides) || Object.keys(overrides).length === 0) return undefined;
  return new OverrideRule(overrides, "", undefined);
}

/** What a dependency asks for once overrides are applied. */
export interface EffectiveSpec {
  readonly text: string;
  /** The rule that is in force for the edge, to be narrowed by {@link OverrideRule.forPackage}. */
  readonly rule: OverrideRule | undefined;
  readonly isOverridden: boolean;
}

/** Applies the rules in force to a dependency. `$name` refers to the root's own requirement on `name`. */
export function effectiveSpec(
  rule: OverrideRule | undefined,
  name: string,
  text: string,
  rootRequirements: ReadonlyMap<string, string>,
): EffectiveSpec {
  const edgeRule = rule?.forEdge(name, text);
  if (edgeRule === undefined || edgeRule.parent === undefined || edgeRule.name !== name || edgeRule.value === "*") {
    return { text, rule: edgeRule, isOverridden: false };
  }
  if (!edgeRule.value.startsWith("$")) return { text: edgeRule.value, rule: edgeRule, isOverridden: true };
  const reference = rootRequirements.get(edgeRule.value.slice(1));
  return { text: reference ?? text, rule: edgeRule, isOverridden: reference !== undefined };
}
