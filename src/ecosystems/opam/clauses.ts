import type { PackageAtom, PackageFormula } from "./formula.ts";

/** Above this many clauses a formula keeps its nested form: distribution grows exponentially. */
const MAXIMUM_CLAUSES = 64;

/** One name of a clause, with every atom of that name in it: any of them will do. */
export interface Choice {
  readonly kind: "choice";
  readonly name: string;
  readonly atoms: readonly PackageAtom[];
}

/** Several clauses that must hold together, as one alternative of a clause. */
export interface Conjunction {
  readonly kind: "conjunction";
  readonly clauses: readonly Clause[];
}

/** A disjunction: at least one alternative must hold; the first ones are preferred. */
export type Clause = readonly (Choice | Conjunction)[];

/**
 * A formula as a conjunction of clauses, as opam itself turns formulas into constraints: `|` is distributed over `&`,
 * the left side varying slowest, and atoms of one name in one clause become one choice.
 */
export function clausesOf(formula: PackageFormula): readonly Clause[] {
  return conjunctiveForm(formula).map(mergeNames);
}

function conjunctiveForm(formula: PackageFormula): readonly Clause[] {
  if (formula.kind === "atom") return [[{ kind: "choice", name: formula.name, atoms: [formula] }]];
  const parts = formula.operands.map(conjunctiveForm);
  if (formula.kind === "and") return parts.flat();
  const count = parts.reduce((product, clauses) => product * clauses.length, 1);
  if (count > MAXIMUM_CLAUSES) {
    return [parts.map((clauses) => ({ kind: "conjunction", clauses: clauses.map(mergeNames) }))];
  }
  let product: (Choice | Conjunction)[][] = [[]];
  for (const clauses of parts) {
    const [only] = clauses;
    // A chain of plain atoms must not copy the growing clause again and again.
    if (clauses.length === 1 && only !== undefined) {
      for (const clause of product) for (const alternative of only) clause.push(alternative);
    } else {
      product = product.flatMap((left) => clauses.map((right) => [...left, ...right]));
    }
  }
  return product;
}

function mergeNames(clause: Clause): Clause {
  const positions = new Map<string, number>();
  const merged: (Choice | Conjunction)[] = [];
  for (const alternative of clause) {
    const position = alternative.kind === "choice" ? positions.get(alternative.name) : undefined;
    const earlier = position === undefined ? undefined : merged[position];
    if (alternative.kind === "choice" && position !== undefined && earlier?.kind === "choice") {
      merged[position] = { ...earlier, atoms: [...earlier.atoms, ...alternative.atoms] };
    } else {
      if (alternative.kind === "choice") positions.set(alternative.name, merged.length);
      merged.push(alternative);
    }
  }
  return merged;
}
