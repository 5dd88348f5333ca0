/**
 * Sets of environments as ordered decision diagrams: every marker that means the same is the same diagram, so emptiness,
 * disjointness and implication are comparisons of numbers.
 *
 * A node asks one variable. Versions are cut into half-open intervals of keys (version.ts), texts into the values that
 * markers name and the rest; an extra, a group and a comparison that is no equality are a text with one value, "true".
 * `python_version` is asked as `python_full_version`, of which it is the start.
 */
import { normaliseName } from "./names.ts";
import { parseSpecifier } from "./specifier.ts";
import {
  complementRange,
  emptyRange,
  fullRange,
  prefixRange,
  rangeBetween,
  type VersionRange,
} from "./version-range.ts";
import { parseVersion } from "./version.ts";
import type { Marker } from "./marker.ts";

/** A set of environments: the number of a diagram of one {@link MarkerAlgebra}. */
export type EnvironmentSet = number;

/** The empty set and the set of all environments. */
export const never: EnvironmentSet = 0;
export const always: EnvironmentSet = 1;

/** One question and what follows from its answers. */
export type DiagramNode =
  | {
      readonly kind: "version";
      readonly variable: string;
      /** Keys at which the answer changes, ascending; one less than there are children. */
      readonly cuts: readonly string[];
      readonly children: readonly EnvironmentSet[];
    }
  | {
      readonly kind: "text";
      readonly variable: string;
      /** Sorted. */
      readonly values: readonly string[];
      /** One per value, and last the one for every other value. */
      readonly children: readonly EnvironmentSet[];
    };

/** The value of variables that are true or not. */
export const TRUE = "true";

/** Diagrams of markers that people write have a few dozen nodes; a hostile one is given up. */
const MAX_NODES = 50_000;

/** The order in which variables are asked: what is asked for, then the platform, then the Python. */
const firstVariables = ["sys_platform", "os_name", "platform_system", "platform_machine"];
const lastVariables = ["implementation_version", "python_full_version"];

/** Builds and compares sets of environments. Sets of different algebras must not meet. */
export class MarkerAlgebra {
  /** The first two stand for {@link never} and {@link always} and are never looked at. */
  readonly #nodes: (DiagramNode | undefined)[] = [undefined, undefined];
  readonly #known = new Map<string, EnvironmentSet>();
  readonly #results = new Map<string, EnvironmentSet>();

  /** The environments in which a marker holds; `undefined` when a comparison in it means nothing, or it is too large. */
  of(marker: Marker): EnvironmentSet | undefined {
    if (marker.kind === "compare") return this.#comparison(marker);
    let result = marker.kind === "and" ? always : never;
    for (const operand of marker.operands) {
      const set = this.of(operand);
      if (set === undefined || this.#nodes.length > MAX_NODES) return undefined;
      result = marker.kind === "and" ? this.and(result, set) : this.or(result, set);
    }
    return result;
  }

  /** The environments in which a text variable has this value. */
  textIs(variable: string, value: string): EnvironmentSet {
    return this.#make({ kind: "text", variable, values: [value], children: [always, never] });
  }

  /** The environments in which a version lies in the range. */
  versionIn(variable: string, range: VersionRange): EnvironmentSet {
    // The ends of everything are no cuts: nothing lies outside of them.
    const startsAtFloor = range[0] === floor;
    const cuts = range.slice(startsAtFloor ? 1 : 0, range.at(-1) === ceiling ? -1 : undefined);
    const children = [startsAtFloor, ...cuts.map((_, index) => index % 2 === (startsAtFloor ? 1 : 0))];
    return this.#make({ kind: "version", variable, cuts, children: children.map((isIn) => (isIn ? always : never)) });
  }

  /** The environments in which a version lies between two keys, the first included; unbounded where one is absent. */
  versionBetween(variable: string, from: string | undefined, to: string | undefined): EnvironmentSet {
    return this.versionIn(variable, rangeBetween(from, to));
  }

  and(left: EnvironmentSet, right: EnvironmentSet): EnvironmentSet {
    if (left === never || right === never) return never;
    if (left === always || left === right) return right;
    if (right === always) return left;
    const key = left < right ? `${left}&${right}` : `${right}&${left}`;
    let result = this.#results.get(key);
    if (result === undefined) {
      result = this.#combine(left, right);
      this.#results.set(key, result);
    }
    return result;
  }

  or(left: EnvironmentSet, right: EnvironmentSet): EnvironmentSet {
    return this.not(this.and(this.not(left), this.not(right)));
  }

  not(set: EnvironmentSet): EnvironmentSet {
    const node = this.#nodes[set];
    if (node === undefined) return set === never ? always : never;
    const key = `!${set}`;
    let result = this.#results.get(key);
    if (result === undefined) {
      result = this.#make({ ...node, children: node.children.map((child) => this.not(child)) });
      this.#results.set(key, result);
    }
    return result;
  }

  areDisjoint(left: EnvironmentSet, right: EnvironmentSet): boolean {
    return this.and(left, right) === never;
  }

  /** Whether every environment of `inner` is one of `outer`. */
  implies(inner: EnvironmentSet, outer: EnvironmentSet): boolean {
    return this.and(inner, outer) === inner;
  }

  /** The question at the top of a set; `undefined` for {@link never} and {@link always}. */
  node(set: EnvironmentSet): DiagramNode | undefined {
    return this.#nodes[set];
  }

  #comparison({ left, operator, right }: Marker & { kind: "compare" }): EnvironmentSet | undefined {
    const [variable, text] =
      left.kind === "variable" && right.kind === "text"
        ? [left.name, right.text]
        : left.kind === "text" && right.kind === "variable"
          ? [right.name, left.text]
          : [];
    if (variable === undefined || text === undefined) return undefined;
    const isReversed = left.kind === "text";
    const negatedIf = (isNegated: boolean, set: EnvironmentSet): EnvironmentSet => (isNegated ? this.not(set) : set);
    if (variable === "extras" || variable === "dependency_groups") {
      if (!isReversed || (operator !== "in" && operator !== "not in")) return undefined;
      return negatedIf(operator === "not in", this.textIs(`${normaliseName(text)} in ${variable}`, TRUE));
    }
    if (variable === "extra") {
      if (operator !== "==" && operator !== "!=") return undefined;
      return negatedIf(operator === "!=", this.textIs(`extra ${normaliseName(text)}`, TRUE));
    }
    if (operator === "in" || operator === "not in") {
      // Whether a text holds another is asked as it stands: values that other comparisons name say nothing about it.
      const question = isReversed ? `${JSON.stringify(text)} in ${variable}` : `${variable} in ${JSON.stringify(text)}`;
      return negatedIf(operator === "not in", this.textIs(question, TRUE));
    }
    if (["python_version", "python_full_version", "implementation_version"].includes(variable) && !isReversed) {
      const parsed = parseSpecifier(`${operator}${text}`);
      if (!parsed.ok || operator === "===") return undefined;
      if (variable !== "python_version") return this.versionIn(variable, parsed.value.range);
      const range = pythonVersionRange(operator, parsed.value.isPrefix, text);
      return range === undefined ? undefined : this.versionIn("python_full_version", range);
    }
    // The rest of a version's comparisons with the version on the right, and what is compared either way.
    if (lastVariables.includes(variable) || variable === "python_version" || variable === "platform_release") {
      return undefined;
    }
    switch (operator) {
      case "==":
      case "<=":
      case ">=":
        return this.textIs(variable, text);
      case "!=":
        return this.not(this.textIs(variable, text));
      case "<":
      case ">":
        return never;
      default:
        return undefined;
    }
  }

  #combine(left: EnvironmentSet, right: EnvironmentSet): EnvironmentSet {
    const first = this.#nodes[left];
    const second = this.#nodes[right];
    if (first === undefined || second === undefined) throw new TypeError("terminals were combined before");
    const order = compareVariables(first.variable, second.variable);
    if (order < 0) return this.#make({ ...first, children: first.children.map((child) => this.and(child, right)) });
    if (order > 0) return this.#make({ ...second, children: second.children.map((child) => this.and(left, child)) });
    if (first.kind === "version" && second.kind === "version") {
      const cuts = [...new Set([...first.cuts, ...second.cuts])].toSorted(byKey);
      const children = ["", ...cuts].map((key) => this.and(childAt(first, key), childAt(second, key)));
      return this.#make({ kind: "version", variable: first.variable, cuts, children });
    }
    if (first.kind === "text" && second.kind === "text") {
      const values = [...new Set([...first.values, ...second.values])].toSorted();
      const children = [...values, undefined].map((value) => this.and(childFor(first, value), childFor(second, value)));
      return this.#make({ kind: "text", variable: first.variable, values, children });
    }
    throw new TypeError(`${first.variable} is asked as a version and as a text`);
  }

  /** The number of a node, without questions whose answers make no difference. */
  #make(node: DiagramNode): EnvironmentSet {
    const { children } = node;
    const [first = never] = children;
    if (children.every((child) => child === first)) return first;
    const small = node.kind === "version" ? withoutVainCuts(node) : withoutVainValues(node);
    const key = JSON.stringify([small.variable, small.kind === "version" ? small.cuts : small.values, small.children]);
    let known = this.#known.get(key);
    if (known === undefined) {
      known = this.#nodes.push(small) - 1;
      this.#known.set(key, known);
    }
    return known;
  }
}

/** The order of questions. */
function compareVariables(left: string, right: string): number {
  return rankOf(left) - rankOf(right) || (left < right ? -1 : left > right ? 1 : 0);
}

function rankOf(variable: string): number {
  if (/^extra | in (?:extras|dependency_groups)$/.test(variable)) return 0;
  const first = firstVariables.indexOf(variable);
  if (first >= 0) return 1 + first;
  const last = lastVariables.indexOf(variable);
  return last >= 0 ? 100 + last : 50;
}

/**
 * `python_version` is major and minor number alone, so every Python of a minor version answers alike: what its two numbers
 * answer.
 */
function pythonVersionRange(operator: string, isPrefix: boolean, text: string): VersionRange | undefined {
  const version = parseVersion(isPrefix ? text.slice(0, -2) : text);
  if (version === undefined || version.epoch !== "0" || version.release.length > 2) return undefined;
  if (version.pre !== undefined || version.post !== undefined || version.dev !== undefined) return undefined;
  if (version.local !== undefined) return undefined;
  const minor = isPrefix || version.release.length === 2 ? version.release : [...version.release, "0"];
  const own = prefixRange("0", minor);
  const [from, to] = own;
  if (from === undefined || to === undefined) return emptyRange;
  switch (operator) {
    case "==":
      return own;
    case "!=":
      return complementRange(own);
    case ">=":
      return [from, ceiling];
    case ">":
      return [to, ceiling];
    case "<":
      return complementRange([from, ceiling]);
    case "<=":
      return complementRange([to, ceiling]);
    case "~=":
      return version.release.length === 2 ? [from, prefixRange("0", minor.slice(0, 1))[1] ?? ceiling] : undefined;
    default:
      return undefined;
  }
}

/** The ends of the set of all versions. */
const [floor = "", ceiling = ""] = fullRange;

function byKey(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The child for versions from `key` on; `""` lies before every cut. */
function childAt(node: DiagramNode & { kind: "version" }, key: string): EnvironmentSet {
  let index = 0;
  while (index < node.cuts.length && (node.cuts[index] ?? "") <= key) index++;
  return node.children[index] ?? never;
}

/** The child for a value; `undefined` stands for every value that no node names. */
function childFor(node: DiagramNode & { kind: "text" }, value: string | undefined): EnvironmentSet {
  const index = value === undefined ? -1 : node.values.indexOf(value);
  return (index < 0 ? node.children.at(-1) : node.children[index]) ?? never;
}

function withoutVainCuts(node: DiagramNode & { kind: "version" }): DiagramNode {
  const cuts: string[] = [];
  const children = node.children.slice(0, 1);
  for (const [index, cut] of node.cuts.entries()) {
    const child = node.children[index + 1] ?? never;
    if (child === children.at(-1)) continue;
    cuts.push(cut);
    children.push(child);
  }
  return { ...node, cuts, children };
}

function withoutVainValues(node: DiagramNode & { kind: "text" }): DiagramNode {
  const other = node.children.at(-1) ?? never;
  const values = node.values.filter((_, index) => node.children[index] !== other);
  return { ...node, values, children: [...node.children.slice(0, -1).filter((child) => child !== other), other] };
}
