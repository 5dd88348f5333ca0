import { ClauseKind, KIND, LINKAGE, NO_PACKAGE, PACKAGE_B, ROW_SHIFT, SET_A, SET_B, SOURCE } from "./clause-store.ts";
import { ABSENT, DOMAIN, FULL, HOT_SHIFT, PRIORITY, type SetRef, WORDS } from "./package-table.ts";
import { ANY_VERSION, type CandidateIndex, type Dependency, type PackageIndex } from "./provider.ts";
import type { SolverState } from "./state.ts";
import type { VersionSet } from "./version-set.ts";

/** States of {@link ClauseStore.linkage}. */
const UNLINKED = 0;
const LINKED = 1;
/** The clause excludes nothing, whatever is selected. */
const VACUOUS = 2;

/** Reads the candidates of a package. Returns false while the provider does not know them. */
export function ensureFacts(state: SolverState, package_: PackageIndex): boolean {
  const { packages, provider } = state;
  packages.ensure(package_);
  if (packages.words(package_) !== 0) return true;
  const facts = provider.facts(package_);
  if (facts === undefined) return false;
  const count = facts.count;
  const words = (count >>> 5) + 1;
  packages.facts[package_] = facts;
  packages.candidateCount[package_] = count;
  packages.hot[(package_ << HOT_SHIFT) + ABSENT] = 1 << (count & 31);
  packages.hot[(package_ << HOT_SHIFT) + WORDS] = words;
  packages.set(package_, PRIORITY, provider.priority?.(package_) ?? 0);
  packages.candidateBase[package_] = state.candidateList.size;
  state.candidateList.extend(count);
  state.candidateSeen.extend(count);
  state.candidateActive.extend(count);
  state.candidateEdges.extend(count);
  const lastWord = count % 32 === 31 ? -1 : (1 << ((count & 31) + 1)) - 1;
  if (words === 1) {
    packages.hot[(package_ << HOT_SHIFT) + FULL] = lastWord;
  } else {
    const full = state.pool.allocatePersistent(words);
    const domain = state.pool.allocatePersistent(words);
    state.pool.words.fill(-1, full, full + words - 1);
    state.pool.words[full + words - 1] = lastWord;
    packages.hot[(package_ << HOT_SHIFT) + FULL] = full;
    packages.hot[(package_ << HOT_SHIFT) + DOMAIN] = domain;
  }
  for (const group of facts.unavailable ?? []) {
    const clause = state.clauses.addPersistent(ClauseKind.unusable, package_);
    state.clauses.rows[(clause << ROW_SHIFT) + SET_A] = importSet(state, package_, group.candidates, false);
    state.clauses.set(clause, LINKAGE, LINKED);
    state.clauses.reason[clause] = group.reason;
    state.hasUnusable = true;
    state.clauses.nextOfPackage[clause] = packages.firstUnusable[package_] ?? -1;
    packages.firstUnusable[package_] = clause;
  }
  return true;
}

/** Turns the dependencies of one candidate into clauses. Returns false while the provider does not know them. */
export function ensureCandidate(state: SolverState, package_: PackageIndex, candidate: CandidateIndex): boolean {
  const row = (state.packages.candidateBase[package_] ?? 0) + candidate;
  if (state.candidateList.at(row) !== 0) return true;
  const dependencies = state.provider.dependencies(package_, candidate);
  if (dependencies === undefined) return false;
  const lists = state.candidateLists;
  const start = lists.size;
  state.candidateList.items[row] = start;
  lists.push(0);
  if (!isDependencyList(dependencies)) {
    lists.push(unusableClause(state, package_, dependencies.reason));
    lists.items[start] = 1;
    return true;
  }
  const { clauses } = state;
  for (const dependency of dependencies) {
    const clause = dependencyClause(state, package_, dependency);
    if (clauses.listedFor[clause] === start) continue;
    clauses.listedFor[clause] = start;
    lists.push(clause);
  }
  lists.items[start] = lists.size - start - 1;
  return true;
}

/** The clauses of a compiled candidate. */
export function clausesOf(state: SolverState, package_: PackageIndex, candidate: CandidateIndex): Int32Array {
  const { candidateLists: lists } = state;
  const start = state.candidateList.at((state.packages.candidateBase[package_] ?? 0) + candidate);
  return lists.items.subarray(start + 1, start + 1 + lists.at(start));
}

function isDependencyList(
  answer: readonly Dependency[] | { readonly kind: "unavailable" },
): answer is readonly Dependency[] {
  return Array.isArray(answer);
}

const KIND_CODE = { requires: ClauseKind.requires, constrains: ClauseKind.constrains, same: ClauseKind.same } as const;

function dependencyClause(state: SolverState, package_: PackageIndex, dependency: Dependency): number {
  const { clauses, packages } = state;
  const kind = KIND_CODE[dependency.kind];
  const requirement = kind === ClauseKind.same ? 0 : dependency.requirement;
  const found = state.dependencyIndex.get(package_, dependency.package, requirement * 4 + kind);
  if (found >= 0) return found;
  const clause = clauses.addPersistent(kind, package_);
  state.dependencyIndex.add(package_, dependency.package, requirement * 4 + kind, clause);
  packages.ensure(dependency.package);
  clauses.set(clause, SOURCE, dependency.package);
  clauses.requirement[clause] = requirement;
  clauses.dependency[clause] = dependency;
  giveMask(state, package_, clause);
  return clause;
}

function unusableClause(state: SolverState, package_: PackageIndex, reason: unknown): number {
  const { clauses, packages } = state;
  for (let clause = packages.firstBroken[package_] ?? -1; clause >= 0; clause = clauses.nextOfPackage[clause] ?? -1) {
    if (clauses.reason[clause] === reason) return clause;
  }
  const clause = clauses.addPersistent(ClauseKind.unusable, package_);
  clauses.set(clause, LINKAGE, LINKED);
  clauses.set(clause, SOURCE, NO_PACKAGE);
  clauses.reason[clause] = reason;
  clauses.nextOfPackage[clause] = packages.firstBroken[package_] ?? -1;
  packages.firstBroken[package_] = clause;
  giveMask(state, package_, clause);
  return clause;
}

function giveMask(state: SolverState, package_: PackageIndex, clause: number): void {
  const words = state.packages.words(package_);
  state.clauses.rows[(clause << ROW_SHIFT) + SET_A] = words === 1 ? 0 : state.pool.allocatePersistent(words);
}

/**
 * Compiles the target's side of a dependency clause; the facts of the target must be known. Returns whether the clause
 * can exclude anything.
 */
export function link(state: SolverState, clause: number): boolean {
  const { clauses, packages } = state;
  const linked = clauses.get(clause, LINKAGE);
  if (linked !== UNLINKED) return linked === LINKED;
  const dependent = clauses.packageA(clause);
  const target = clauses.get(clause, SOURCE);
  const kind = clauses.get(clause, KIND);
  if (kind === ClauseKind.same) {
    if (packages.candidateCount[dependent] !== packages.candidateCount[target]) {
      throw new Error(`packages ${dependent} and ${target} are tied, but list different numbers of candidates`);
    }
    clauses.rows[(clause << ROW_SHIFT) + PACKAGE_B] = target;
    clauses.set(clause, LINKAGE, dependent === target ? VACUOUS : LINKED);
    return dependent !== target;
  }
  const outside = outsideSet(state, target, clauses.requirement[clause] ?? 0, kind);
  clauses.rows[(clause << ROW_SHIFT) + SET_B] = outside;
  clauses.set(clause, LINKAGE, LINKED);
  // A term that always holds is dropped; a term that never holds makes the whole clause idle. The second term of a
  // dependency on the package itself is folded into its mask.
  if (isEqualToFull(state, target, outside)) clauses.rows[(clause << ROW_SHIFT) + PACKAGE_B] = NO_PACKAGE;
  else if (isEmpty(state, target, outside)) clauses.set(clause, LINKAGE, VACUOUS);
  else if (target !== dependent) clauses.rows[(clause << ROW_SHIFT) + PACKAGE_B] = target;
  return clauses.get(clause, LINKAGE) === LINKED;
}

/** The set that a requirement excludes: everything outside it, with "absent" when the package is required. */
function outsideSet(state: SolverState, package_: PackageIndex, requirement: number, kind: number): SetRef {
  const found = state.requirementIndex.get(package_, requirement, kind);
  if (found >= 0) return state.requirementSets.at(found);
  const { packages, pool } = state;
  const words = packages.words(package_);
  const full = packages.full(package_);
  const absent = packages.absent(package_);
  const inside = insideSet(state, package_, requirement);
  const isRequired = kind === ClauseKind.requires;
  let set: SetRef;
  if (words === 1) {
    const allowed = inside === undefined ? full : (inside[0] ?? 0);
    set = isRequired ? (full & ~allowed) | absent : full & ~allowed & ~absent;
  } else {
    set = pool.allocatePersistent(words);
    for (let word = 0; word < words; word++) {
      const all = pool.words[full + word] ?? 0;
      pool.words[set + word] = all & ~(inside === undefined ? all : (inside[word] ?? 0));
    }
    const last = set + words - 1;
    const lastWord = pool.words[last] ?? 0;
    pool.words[last] = isRequired ? lastWord | absent : lastWord & ~absent;
  }
  state.requirementIndex.add(package_, requirement, kind, state.requirementSets.size);
  state.requirementSets.push(set);
  return set;
}

/** The candidates that a requirement admits, or `undefined` for all of them. Each set is asked for once. */
function insideSet(state: SolverState, package_: PackageIndex, requirement: number): VersionSet | undefined {
  if (requirement === ANY_VERSION) return undefined;
  const { packages, provider, requirementIndex, requirementSets, pool } = state;
  for (const kind of [ClauseKind.requires, ClauseKind.constrains]) {
    const found = requirementIndex.get(package_, requirement, kind);
    if (found < 0) continue;
    const outside = requirementSets.at(found);
    const words = packages.words(package_);
    if (words === 1) return Int32Array.of(~outside);
    return pool.words.slice(outside, outside + words).map((word) => ~word);
  }
  return provider.matches(package_, requirement);
}

/** Copies a version set of the provider. */
function importSet(state: SolverState, package_: PackageIndex, versions: VersionSet, withAbsent: boolean): SetRef {
  const { packages, pool } = state;
  const words = packages.words(package_);
  const absent = packages.absent(package_);
  const full = packages.full(package_);
  if (words === 1) {
    const inside = (versions[0] ?? 0) & full & ~absent;
    return withAbsent ? inside | absent : inside;
  }
  const set = pool.allocatePersistent(words);
  for (let word = 0; word < words; word++) {
    pool.words[set + word] = (versions[word] ?? 0) & (pool.words[full + word] ?? 0);
  }
  const last = set + words - 1;
  pool.words[last] = ((pool.words[last] ?? 0) & ~absent) | (withAbsent ? absent : 0);
  return set;
}

/** Whether `set` is the full domain. */
export function isEqualToFull(state: SolverState, package_: PackageIndex, set: SetRef): boolean {
  const words = state.packages.words(package_);
  const full = state.packages.full(package_);
  if (words === 1) return set === full;
  const pool = state.pool.words;
  for (let word = 0; word < words; word++) if (pool[set + word] !== pool[full + word]) return false;
  return true;
}

function isEmpty(state: SolverState, package_: PackageIndex, set: SetRef): boolean {
  const words = state.packages.words(package_);
  if (words === 1) return set === 0;
  for (let word = 0; word < words; word++) if (state.pool.words[set + word] !== 0) return false;
  return true;
}
