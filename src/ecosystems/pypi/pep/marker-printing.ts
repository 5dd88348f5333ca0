/** Short markers: a set of environments in words, given that nothing outside of another set is ever asked about. */
import { always, never, TRUE, type DiagramNode, type EnvironmentSet, type MarkerAlgebra } from "./marker-algebra.ts";
import { prefixRange } from "./version-range.ts";

/** What one variable must be: a version between two keys, a value, or none of some values. */
type Literal =
  | { readonly kind: "version"; readonly from: string | undefined; readonly to: string | undefined }
  | { readonly kind: "is"; readonly value: string }
  | { readonly kind: "is-not"; readonly values: readonly string[] };

/** What must all hold, by variable, in the order in which it is written. */
type Term = ReadonlyMap<string, Literal>;

/** The keys at which the minor versions of Python start, and their names: nothing else is asked about a version here. */
const minorVersions: ReadonlyMap<string, string> = new Map(
  ["3", "4"].flatMap((major) =>
    Array.from({ length: 100 }, (_, minor) => [prefixRange("0", [major, String(minor)])[0] ?? "", `${major}.${minor}`]),
  ),
);

/**
 * A marker that holds, among the environments of `among`, in exactly those of `set`; `undefined` when it holds in all of
 * them. `set` must not be empty among them, and both may tell apart minor versions of Python, but nothing finer.
 */
export function shortMarker(algebra: MarkerAlgebra, set: EnvironmentSet, among: EnvironmentSet): string | undefined {
  if (algebra.implies(among, set)) return undefined;
  const terms = termsOf(algebra, algebra.and(set, among)).map((term) => widen(algebra, term, set, among));
  const needed = withoutCovered(algebra, terms, among);
  const words = [...new Set(needed.map((term) => termWords(term)))].toSorted();
  return words.length === 1 ? words[0] : words.map((one) => (one.includes(" and ") ? `(${one})` : one)).join(" or ");
}

/** Every way down the diagram that ends in {@link always}. */
function termsOf(algebra: MarkerAlgebra, set: EnvironmentSet): readonly Term[] {
  const node = algebra.node(set);
  if (node === undefined) return set === always ? [new Map()] : [];
  return branches(node).flatMap(([literal, child]) =>
    child === never ? [] : termsOf(algebra, child).map((rest) => new Map([[node.variable, literal], ...rest])),
  );
}

/** What the variable of a node must be for each of its children. */
function branches(node: DiagramNode): readonly (readonly [Literal, EnvironmentSet])[] {
  if (node.kind === "version") {
    return node.children.map((child, index) => [
      { kind: "version", from: node.cuts[index - 1], to: node.cuts[index] },
      child,
    ]);
  }
  const rest: Literal = { kind: "is-not", values: node.values };
  return [
    ...node.values.map((value, index) => [{ kind: "is", value }, node.children[index] ?? never] as const),
    [rest, node.children.at(-1) ?? never] as const,
  ];
}

/** Drops every condition of a term that the others make superfluous, the last ones first. */
function widen(algebra: MarkerAlgebra, term: Term, set: EnvironmentSet, among: EnvironmentSet): Term {
  let result = new Map(term);
  const attempt = (changed: Map<string, Literal>): boolean => {
    if (!algebra.implies(algebra.and(termSet(algebra, changed), among), set)) return false;
    result = changed;
    return true;
  };
  for (const [variable, literal] of [...term].toReversed()) {
    const without = new Map(result);
    without.delete(variable);
    if (attempt(without) || literal.kind !== "version") continue;
    if (!attempt(new Map([...result, [variable, { ...literal, from: undefined }]]))) {
      attempt(new Map([...result, [variable, { ...literal, to: undefined }]]));
    }
  }
  return result;
}

/** Terms without those whose environments the others have too. */
function withoutCovered(algebra: MarkerAlgebra, terms: readonly Term[], among: EnvironmentSet): readonly Term[] {
  const sets = terms.map((term) => algebra.and(termSet(algebra, term), among));
  const isKept = terms.map(() => true);
  for (const [index, own] of sets.entries()) {
    const others = sets.filter((_, other) => other !== index && isKept[other] === true);
    const union = others.reduce((left, right) => algebra.or(left, right), never);
    isKept[index] = !algebra.implies(own, union);
  }
  return terms.filter((_, index) => isKept[index]);
}

function termSet(algebra: MarkerAlgebra, term: Term): EnvironmentSet {
  let set = always;
  for (const [variable, literal] of term) set = algebra.and(set, literalSet(algebra, variable, literal));
  return set;
}

function literalSet(algebra: MarkerAlgebra, variable: string, literal: Literal): EnvironmentSet {
  if (literal.kind === "version") return algebra.versionBetween(variable, literal.from, literal.to);
  if (literal.kind === "is") return algebra.textIs(variable, literal.value);
  const any = literal.values.reduce((set, value) => algebra.or(set, algebra.textIs(variable, value)), never);
  return algebra.not(any);
}

function termWords(term: Term): string {
  return [...term].flatMap(([variable, literal]) => literalWords(variable, literal)).join(" and ");
}

function literalWords(variable: string, literal: Literal): readonly string[] {
  if (literal.kind === "version") {
    const { from, to } = literal;
    const name = (key: string): string => minorVersions.get(key) ?? fail(variable);
    const single = from === undefined || to === undefined ? undefined : onlyMinor(from, to);
    if (single !== undefined) return [`python_version == "${single}"`];
    return [
      ...(from === undefined ? [] : [`python_version >= "${name(from)}"`]),
      ...(to === undefined ? [] : [`python_version < "${name(to)}"`]),
    ];
  }
  const values = literal.kind === "is" ? [literal.value] : literal.values;
  const member = /^(.*) in (extras|dependency_groups)$/.exec(variable);
  if (member !== null) {
    return [`"${member[1] ?? ""}" ${literal.kind === "is" ? "in" : "not in"} ${member[2] ?? ""}`];
  }
  if (values.includes(TRUE)) fail(variable);
  return values.map((value) => `${variable} ${literal.kind === "is" ? "==" : "!="} "${value}"`);
}

/** The minor version that lies between two keys alone. */
function onlyMinor(from: string, to: string): string | undefined {
  const name = minorVersions.get(from);
  const after = name?.replace(/[0-9]+$/, (minor) => String(Number(minor) + 1));
  return name !== undefined && after === minorVersions.get(to) ? name : undefined;
}

function fail(variable: string): never {
  throw new TypeError(`a condition on ${variable} can't be written`);
}
