import { IntStack } from "./growable.ts";

/** Integers per node, as a shift; node 0 means "end". */
const NODE_SHIFT = 2;
/** Fields of a node: the next node, … */
export const NODE_NEXT = 0;
/** … the clause, … */
export const NODE_CLAUSE = 1;
/** … the set of its term on the package whose list this is, or a set that nothing contradicts, … */
export const NODE_SET = 2;
/** … and 1 when the clause has just one more term. */
export const NODE_IS_BINARY = 3;

/**
 * Linked lists of clauses. A node repeats the set of the list's own package: for most clauses of a list, one look at the
 * node tells that this term is contradicted, and nothing else is read.
 */
export class ClauseLists {
  private readonly stack = new IntStack();

  constructor() {
    this.clear();
  }

  /** Nodes by their offsets. Replaced when it grows: read it again after {@link add}. */
  get items(): Int32Array {
    return this.stack.items;
  }

  /** A node in front of `next`; returns its offset. */
  add(clause: number, set: number, isBinary: boolean, next: number): number {
    const node = this.stack.size;
    this.stack.reserve(1 << NODE_SHIFT);
    const { items } = this.stack;
    items[node + NODE_NEXT] = next;
    items[node + NODE_CLAUSE] = clause;
    items[node + NODE_SET] = set;
    items[node + NODE_IS_BINARY] = isBinary ? 1 : 0;
    this.stack.size = node + (1 << NODE_SHIFT);
    return node;
  }

  next(node: number): number {
    return this.stack.at(node + NODE_NEXT);
  }

  clause(node: number): number {
    return this.stack.at(node + NODE_CLAUSE);
  }

  /** Adds to the set of a node of one word. */
  widen(node: number, set: number): void {
    const { items } = this.stack;
    items[node + NODE_SET] = (items[node + NODE_SET] ?? 0) | set;
  }

  /** Forgets all lists. */
  clear(): void {
    this.stack.size = 1 << NODE_SHIFT;
  }

  byteLength(): number {
    return this.stack.byteLength();
  }
}
