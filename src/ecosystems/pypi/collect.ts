/** Turns a selection into packages, instances and edges: a walk from the manifests over what was selected. */
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { EdgeKind, EnvironmentId, ForeignRequirement } from "../../model/requirement.ts";
import type {
  EcosystemResolution,
  Edge,
  Instance,
  PackageId,
  Provenance,
  ResolvedPackage,
} from "../../model/resolution.ts";
import type { Candidate } from "./candidates.ts";
import type { Distribution } from "./distribution.ts";
import { pythonRequirement, rustRequirement, externalRequirements } from "./foreign-edges.ts";
import { packageIdOf } from "./package-id.ts";
import { requirementText } from "./pep/requirement.ts";
import type { PypiRequirement } from "./pep/requirement.ts";
import { lowerBoundText } from "./python-requirement.ts";
import { isOtherPython, type PythonView } from "./python-view.ts";
import { resolvedPackage } from "./resolved-package.ts";
import { resolvedRoot } from "./resolved-root.ts";
import type { PypiSettings } from "./settings.ts";

/** One selected version. */
export interface SelectedVersion {
  readonly candidate: Candidate;
  readonly distribution: Distribution;
}

/** What the walk needs. */
export interface Collection {
  readonly manifests: readonly Manifest[];
  /** The service's own Python first, then the others that locks are for. */
  readonly views: readonly [PythonView, ...PythonView[]];
  readonly settings: PypiSettings;
  readonly provenance: readonly Provenance[];
  /** Packages that other ecosystems require: where their walks start. */
  readonly accepted: readonly {
    readonly name: string;
    readonly extras: readonly string[];
    readonly environment: EnvironmentId;
  }[];
  selected(name: string, environment: EnvironmentId): SelectedVersion | undefined;
  /** The id selected for a requirement on another ecosystem. */
  foreign(requirement: ForeignRequirement): PackageId | undefined;
  report(diagnostic: Diagnostic): void;
}

/** One use of a version: with one of its extras, or without. */
interface Visit {
  readonly name: string;
  readonly extra: string | undefined;
  /** Where solver packages live: `run`, another Python or a build environment. `dev` shares the versions of `run`. */
  readonly solved: EnvironmentId;
  /** Where the use is installed. */
  readonly environment: EnvironmentId;
}

/** What a selection means. */
export function collectResolution(collection: Collection): EcosystemResolution {
  return new Collector(collection).run();
}

class Collector {
  readonly #collection: Collection;
  readonly #packages = new Map<PackageId, ResolvedPackage>();
  readonly #features = new Map<EnvironmentId, Map<PackageId, Set<string>>>();
  readonly #edges = new Map<string, Edge>();
  readonly #visited = new Set<string>();
  readonly #queue: Visit[] = [];
  readonly #unverified = new Set<string>();
  readonly #gaps = new Set<string>();

  constructor(collection: Collection) {
    this.#collection = collection;
  }

  run(): EcosystemResolution {
    const { manifests, provenance, accepted, views } = this.#collection;
    const [{ roots }, ...others] = views;
    // What runs is walked first: the development environment holds only what running does not.
    for (const environment of ["run", "dev"] as const) {
      for (const one of roots.requirements) {
        if (one.environment !== environment) continue;
        this.#follow(rootId(one.manifest), one.requirement, "run", environment, one.kind, writtenText(one.requirement));
      }
      if (environment === "run") {
        for (const { name, extras, environment: solved } of accepted) this.#visitAll(name, extras, solved, solved);
      }
      this.#drain();
    }
    for (const { id = "run", roots: own } of others) {
      for (const one of own.requirements) {
        this.#follow(rootId(one.manifest), one.requirement, id, id, one.kind, writtenText(one.requirement));
      }
    }
    this.#drain();
    return {
      roots: manifests.map((manifest) => resolvedRoot(manifest, this.#collection.settings)),
      packages: [...this.#packages.values()],
      instances: this.#instances(),
      edges: [...this.#edges.values()],
      provenance,
      fidelity: { ecosystem: "pypi", gaps: [...this.#gaps].toSorted(), unverified: [...this.#unverified].toSorted() },
    };
  }

  #drain(): void {
    for (let visit = this.#queue.shift(); visit !== undefined; visit = this.#queue.shift()) this.#visit(visit);
  }

  #visit(visit: Visit): void {
    const { name, extra, solved, environment } = visit;
    const found = this.#collection.selected(name, solved);
    if (found === undefined) return;
    const id = packageIdOf(name, found.candidate);
    this.#addPackage(id, name, found, solved);
    this.#addFeature(environment, id, extra);
    const { distribution } = found;
    if (extra !== undefined) {
      const requirements = distribution.byExtra.get(extra);
      if (requirements === undefined) this.#missingExtra(id, extra);
      for (const { requirement } of requirements ?? [])
        this.#followAll(id, requirement, solved, environment, "optional");
      return;
    }
    for (const { requirement } of distribution.base) this.#followAll(id, requirement, solved, environment, "runtime");
    if (isOtherPython(solved)) {
      const isUnlocked = distribution.files.isBuilt && this.#collection.settings.locksBuilds;
      if (isUnlocked) this.#gaps.add("build environments are locked for the service's own Python only");
      return;
    }
    if (distribution.requiresPython !== undefined) {
      const why = `requires-python of ${name} ${found.candidate.text}`;
      const { checksUpperBounds } = this.#collection.settings;
      const range = checksUpperBounds ? distribution.requiresPython : lowerBoundText(distribution.requiresPython);
      this.#foreignEdge(id, pythonRequirement(range, why), distribution.requiresPython, environment);
    }
    if (distribution.files.isBuilt) this.#followBuild(id, distribution);
  }

  #followBuild(id: PackageId, distribution: Distribution): void {
    if (!this.#collection.settings.locksBuilds) {
      this.#gaps.add("build environments of source distributions are not locked");
      return;
    }
    const environment: EnvironmentId = `build:${id}`;
    for (const { requirement } of distribution.buildRequires) {
      this.#follow(id, requirement, environment, environment, "build", writtenText(requirement));
    }
    const rust = rustRequirement(id, distribution);
    if (rust !== undefined) this.#foreignEdge(id, rust, rust.range, environment);
    for (const external of externalRequirements(id, distribution, this.#collection.views[0].environment)) {
      this.#foreignEdge(id, external, external.range, external.environment ?? environment);
    }
  }

  #followAll(
    from: PackageId,
    requirement: PypiRequirement,
    solved: EnvironmentId,
    environment: EnvironmentId,
    kind: EdgeKind,
  ): void {
    const replaced = solved.startsWith("build:") ? [requirement] : this.#view(solved).roots.replace(requirement);
    for (const one of replaced) this.#follow(from, one, solved, environment, kind, writtenText(one));
  }

  #follow(
    from: PackageId,
    requirement: PypiRequirement,
    solved: EnvironmentId,
    environment: EnvironmentId,
    kind: EdgeKind,
    range: string,
  ): void {
    const found = this.#collection.selected(requirement.name, solved);
    if (found === undefined) return;
    this.#addEdge({ from, to: packageIdOf(requirement.name, found.candidate), kind, range, environment });
    this.#visitAll(requirement.name, requirement.extras, solved, environment);
  }

  #visitAll(name: string, extras: readonly string[], solved: EnvironmentId, environment: EnvironmentId): void {
    for (const extra of [undefined, ...extras]) {
      const key = JSON.stringify([name, extra ?? null]);
      const isKnown =
        this.#visited.has(`${environment}\n${key}`) || (environment === "dev" && this.#visited.has(`run\n${key}`));
      if (isKnown) continue;
      this.#visited.add(`${environment}\n${key}`);
      this.#queue.push({ name, extra, solved, environment });
    }
  }

  #addPackage(id: PackageId, name: string, found: SelectedVersion, solved: EnvironmentId): void {
    if (this.#packages.has(id)) return;
    this.#packages.set(id, resolvedPackage(id, name, found, this.#view(solved).environment));
  }

  #view(solved: EnvironmentId): PythonView {
    const { views } = this.#collection;
    return views.find(({ id }) => id === solved) ?? views[0];
  }

  #addFeature(environment: EnvironmentId, id: PackageId, extra: string | undefined): void {
    let packages = this.#features.get(environment);
    if (packages === undefined) {
      packages = new Map();
      this.#features.set(environment, packages);
    }
    const features = packages.get(id) ?? new Set();
    if (extra !== undefined) features.add(extra);
    packages.set(id, features);
  }

  #addEdge(edge: Edge): void {
    this.#edges.set(JSON.stringify([edge.from, edge.to, edge.kind, edge.range, edge.environment]), edge);
  }

  #foreignEdge(from: PackageId, requirement: ForeignRequirement, range: string, environment: EnvironmentId): void {
    const to = this.#collection.foreign(requirement);
    if (to === undefined) return;
    this.#addEdge({ from, to, kind: requirement.kind, range, environment, why: requirement.why });
  }

  #missingExtra(id: PackageId, extra: string): void {
    this.#collection.report({
      code: "pypi-missing-extra",
      severity: "warning",
      message: `${id.slice("pypi:".length).replace("@", " ")} has no extra named ${extra}`,
    });
  }

  #instances(): readonly Instance[] {
    return [...this.#features].flatMap(([environment, packages]) =>
      [...packages].map(([id, features]) => ({ package: id, environment, features: [...features].toSorted() })),
    );
  }
}

function rootId(manifest: Manifest): PackageId {
  return `root:${manifest.file}`;
}

/** The requirement as a range: specifiers or URL, with the extras it asks for in front. */
function writtenText(requirement: PypiRequirement): string {
  const withoutMarker = requirementText({ ...requirement, marker: undefined });
  return requirement.extras.length > 0 || requirement.url !== undefined
    ? withoutMarker.slice(requirement.rawName.length).trim()
    : requirement.specifierText;
}
