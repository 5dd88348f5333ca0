import type { Diagnostic } from "../../model/diagnostic.ts";
import { Candidate, orderCandidates } from "./candidates.ts";
import { environmentRecord, type OpamEnvironment } from "./environment.ts";
import { evaluatePackage, type EvaluatedPackage } from "./evaluated.ts";
import { openRepositories, type RepositoryAccess } from "./repository/open-repository.ts";
import type { RankedRepositories } from "./repository/repository.ts";

/** Candidates that are unusable for one common reason. */
export interface UnavailableGroup {
  /** The `available` filter, as written. */
  readonly filter: string;
  /** Positions in {@link UniverseView.candidates}. */
  readonly positions: readonly number[];
}

/** Everything that the repositories say, read when it is asked for and kept for every problem of a run. */
export class OpamUniverse {
  readonly repositories: RankedRepositories;
  private readonly known = new Map<string, readonly Candidate[]>();
  private readonly views = new Map<string, UniverseView>();

  constructor(repositories: RankedRepositories) {
    this.repositories = repositories;
  }

  /** Every version of a name, most preferred first; empty when there is none. */
  candidates(name: string): readonly Candidate[] {
    let candidates = this.known.get(name);
    if (candidates === undefined) {
      const versions = [...this.repositories.versions(name)];
      candidates = orderCandidates(
        versions.map(([version, repository]) => new Candidate(name, version, repository)),
        "highest",
      );
      this.known.set(name, candidates);
    }
    return candidates;
  }

  /** The universe as it looks under one environment. */
  under(environment: OpamEnvironment): UniverseView {
    const key = JSON.stringify(environmentRecord(environment));
    const view = this.views.get(key) ?? new UniverseView(this, environment);
    this.views.set(key, view);
    return view;
  }
}

/** A universe under one environment: which versions are available, and what they require. */
export class UniverseView {
  readonly universe: OpamUniverse;
  private readonly environment: OpamEnvironment;
  private readonly evaluated = new Map<Candidate, EvaluatedPackage | undefined>();
  private readonly unavailable = new Map<string, readonly UnavailableGroup[]>();

  constructor(universe: OpamUniverse, environment: OpamEnvironment) {
    this.universe = universe;
    this.environment = environment;
  }

  /** The candidates of {@link OpamUniverse.candidates} whose `available` filter does not hold, one group per filter. */
  unavailableGroups(name: string): readonly UnavailableGroup[] {
    let groups = this.unavailable.get(name);
    if (groups === undefined) {
      const positions = new Map<string, number[]>();
      this.universe.candidates(name).forEach((candidate, position) => {
        const filter = candidate.unavailability(this.environment, () => undefined);
        if (filter === undefined) return;
        const group = positions.get(filter);
        if (group === undefined) positions.set(filter, [position]);
        else group.push(position);
      });
      groups = [...positions].map(([filter, group]) => ({ filter, positions: group }));
      this.unavailable.set(name, groups);
    }
    return groups;
  }

  /** What a version requires when nobody asked for its tests; `undefined` when its file cannot be read. */
  evaluate(candidate: Candidate, report: (diagnostic: Diagnostic) => void): EvaluatedPackage | undefined {
    if (this.evaluated.has(candidate)) return this.evaluated.get(candidate);
    const { name, version } = candidate;
    const definition = candidate.definition();
    const scope = { name, version, isPinned: false, wanted: new Set<string>() };
    const evaluated =
      definition === undefined ? undefined : evaluatePackage(definition, this.environment, scope, report);
    this.evaluated.set(candidate, evaluated);
    return evaluated;
  }
}

/** The universes of one run, by its HTTP client: several targets of a run read every repository once. */
const universes = new WeakMap<RepositoryAccess["http"], Map<string, Promise<OpamUniverse>>>();

/** Opens the repositories of a run, or finds them open already. */
export function openUniverse(access: RepositoryAccess): Promise<OpamUniverse> {
  const ofRun = universes.get(access.http) ?? new Map<string, Promise<OpamUniverse>>();
  universes.set(access.http, ofRun);
  const key = JSON.stringify([access.projectDirectory, access.registries]);
  const opening = ofRun.get(key) ?? openRepositories(access).then((repositories) => new OpamUniverse(repositories));
  ofRun.set(key, opening);
  return opening;
}
