import type { Derivation } from "./derivation.ts";
import type { SolverLimits } from "./outcome.ts";
import type { CandidateIndex, Dependency, Need, PackageIndex, Provider } from "./provider.ts";
import { Solver } from "./solver.ts";
import { emptySet, fullSet, hasMember } from "./version-set.ts";

/** At most this many problems are solved in search of a relaxation. */
const MAX_ATTEMPTS = 256;

/** Which requirements of the root stand in the way. */
export interface Relaxations {
  /**
   * Sets of root dependencies of the smallest size, one or two, without which there is a solution. Each entry is minimal;
   * empty when nothing of that size helps.
   */
  readonly sets: readonly (readonly Dependency[])[];
  /** Facts that some attempts lacked. Make the provider answer for them and search again to find what may be missing. */
  readonly needs: readonly Need[];
}

/**
 * Searches for the requirements of the root to give up, by solving again without them: first one, then two. Only those
 * that the proof rests on can help, because without any other one the proof still stands.
 */
export function findRelaxations(
  provider: Provider,
  root: PackageIndex,
  candidate: CandidateIndex,
  derivation: Derivation,
  limits: SolverLimits = {},
): Relaxations {
  const answer = provider.dependencies(root, candidate);
  if (answer === undefined || "kind" in answer) return { sets: [], needs: [] };
  const relaxed = new RelaxedProvider(provider, root, candidate, answer);
  const solver = new Solver(relaxed.asProvider());
  const needs: Need[] = [];
  const failures: { readonly dropped: Dependency; readonly derivation: Derivation }[] = [];
  const found: (readonly Dependency[])[] = [];
  const attempt = (dropped: readonly Dependency[]): Derivation | undefined => {
    const index = relaxed.add(dropped);
    if (index === undefined) return undefined;
    solver.start(root, index, limits);
    const outcome = solver.run();
    if (outcome.kind === "solved") found.push(dropped);
    else if (outcome.kind === "needs") needs.push(...outcome.needs);
    return outcome.kind === "unsatisfiable" ? outcome.derivation : undefined;
  };
  for (const dropped of blamed(derivation, root, answer)) {
    const failure = attempt([dropped]);
    if (failure !== undefined) failures.push({ dropped, derivation: failure });
  }
  if (found.length > 0) return { sets: found, needs };
  const tried = new Set<string>();
  for (const { dropped, derivation: failure } of failures) {
    for (const second of blamed(failure, root, answer)) {
      // In the order of the root, whichever of the two was dropped first.
      const pair = answer.filter((dependency) => dependency === dropped || dependency === second);
      const key = pair.map((dependency) => answer.indexOf(dependency)).join();
      if (tried.has(key)) continue;
      tried.add(key);
      attempt(pair);
    }
  }
  return { sets: found, needs };
}

/** The root's dependencies that a proof rests on, in the order of the root. */
function blamed(derivation: Derivation, root: PackageIndex, all: readonly Dependency[]): readonly Dependency[] {
  const used = derivation.nodes.flatMap((node) =>
    node.kind === "fact" && node.fact.kind === "dependency" && node.fact.dependent === root
      ? [node.fact.dependency]
      : [],
  );
  return all.filter((dependency) =>
    used.some(
      (other) =>
        other.package === dependency.package &&
        other.requirement === dependency.requirement &&
        other.kind === dependency.kind,
    ),
  );
}

/** The same problem with a candidate of the root for each set of dropped requirements, so that one solver serves them all. */
class RelaxedProvider {
  private readonly source: Provider;
  private readonly root: PackageIndex;
  private readonly rootCandidate: CandidateIndex;
  private readonly all: readonly Dependency[];
  private readonly variants: (readonly Dependency[])[] = [];

  constructor(source: Provider, root: PackageIndex, rootCandidate: CandidateIndex, all: readonly Dependency[]) {
    this.source = source;
    this.root = root;
    this.rootCandidate = rootCandidate;
    this.all = all;
  }

  /** The candidate of the root without these dependencies, or `undefined` when there were too many attempts. */
  add(dropped: readonly Dependency[]): CandidateIndex | undefined {
    if (this.variants.length === MAX_ATTEMPTS) return undefined;
    return this.variants.push(this.all.filter((dependency) => !dropped.includes(dependency))) - 1;
  }

  asProvider(): Provider {
    const { source, root, rootCandidate } = this;
    return {
      facts: (package_) => (package_ === root ? { count: MAX_ATTEMPTS } : source.facts(package_)),
      dependencies: (package_, candidate) =>
        package_ === root ? (this.variants[candidate] ?? []) : source.dependencies(package_, candidate),
      matches: (package_, requirement) => {
        if (package_ !== root) return source.matches(package_, requirement);
        const admits = hasMember(source.matches(root, requirement), rootCandidate);
        return admits ? fullSet(MAX_ATTEMPTS) : emptySet(MAX_ATTEMPTS);
      },
      ...(source.order === undefined ? {} : { order: source.order }),
      ...(source.choose === undefined ? {} : { choose: source.choose.bind(source) }),
      ...(source.priority === undefined ? {} : { priority: source.priority.bind(source) }),
    };
  }
}
