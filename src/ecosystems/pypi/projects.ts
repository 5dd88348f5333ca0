/** The projects that a problem has looked at: their candidates, and the distributions that were read. */
import { EnkiError } from "../../model/enki-error.ts";
import type { Provenance } from "../../model/resolution.ts";
import type { CandidateIndex } from "../../solver/provider.ts";
import { hasMember } from "../../solver/version-set.ts";
import { listCandidates, missingProject, type CandidateList, type CandidatePolicy } from "./candidates.ts";
import type { FilePolicy } from "./choose-files.ts";
import { loadDistribution, type Distribution, type UnusableDistribution } from "./distribution.ts";
import type { ProjectPage, Repository } from "./simple/repository.ts";

/** One project. */
export class Project {
  readonly name: string;
  list: CandidateList | undefined;
  readonly distributions: Map<CandidateIndex, Distribution | UnusableDistribution> = new Map<
    CandidateIndex,
    Distribution | UnusableDistribution
  >();
  listing: Promise<void> | undefined;
  readonly loading: Map<CandidateIndex, Promise<void>> = new Map<CandidateIndex, Promise<void>>();
  /** How many candidates the solver itself has asked for. */
  askedCount = 0;

  constructor(name: string) {
    this.name = name;
  }
}

/** What loading projects needs. */
export interface ProjectPolicy {
  readonly candidates: CandidatePolicy;
  readonly files: FilePolicy;
  /** The page of a package that a manifest takes from elsewhere than an index. */
  openDirect(name: string): Promise<ProjectPage | undefined>;
}

/** So many versions of one project are asked for one by one before more are fetched at a time. */
const PATIENCE = 5;
const MAX_AHEAD = 50;

/** Loads projects and remembers them. Every page and every file is asked for once. */
export class Projects {
  readonly repositories: readonly Repository[];
  readonly #policy: ProjectPolicy;
  readonly #projects = new Map<string, Project>();
  /** Indexes that serve only the packages that name them. */
  readonly #explicitIndexes: ReadonlySet<string>;

  constructor(repositories: readonly Repository[], explicitIndexes: ReadonlySet<string>, policy: ProjectPolicy) {
    this.repositories = repositories;
    this.#explicitIndexes = explicitIndexes;
    this.#policy = policy;
  }

  /** The repositories that were configured, in order of rank. */
  get provenance(): readonly Provenance[] {
    return this.repositories.map(({ url }) => ({ ecosystem: "pypi", registry: url }));
  }

  get(name: string): Project {
    let project = this.#projects.get(name);
    if (project === undefined) {
      project = new Project(name);
      this.#projects.set(name, project);
    }
    return project;
  }

  /** Makes the candidates known. */
  async loadList(name: string): Promise<void> {
    const project = this.get(name);
    project.listing ??= this.#list(project);
    await project.listing;
  }

  /** Makes one candidate's distribution known; its candidates must be. */
  async loadCandidate(name: string, index: CandidateIndex): Promise<void> {
    const project = this.get(name);
    let loading = project.loading.get(index);
    if (loading === undefined) {
      loading = this.#load(project, index);
      project.loading.set(index, loading);
    }
    await Promise.all([loading, this.#loadAhead(project, index)]);
  }

  /**
   * When one version after another turns out not to fit, the ones that come next are fetched together: a search that
   * goes back through a hundred versions then waits for the network a few times, not a hundred. They are waited for,
   * so that what the solver knows does not depend on which answer arrives first.
   */
  async #loadAhead(project: Project, index: CandidateIndex): Promise<void> {
    const { list } = project;
    project.askedCount += 1;
    if (list === undefined || project.askedCount < PATIENCE) return;
    const wanted = Math.min(project.loading.size, MAX_AHEAD);
    const next: CandidateIndex[] = [];
    for (let ahead = index + 1; ahead < list.candidates.length && next.length < wanted; ahead++) {
      const isUnusable =
        list.needsPython.has(ahead) || list.unavailable.some(({ candidates }) => hasMember(candidates, ahead));
      if (!isUnusable && !project.loading.has(ahead)) next.push(ahead);
    }
    await Promise.all(
      next.map(async (ahead) => {
        const loading = this.#load(project, ahead);
        project.loading.set(ahead, loading);
        // A failure shows when this version is really asked for.
        await loading.catch(() => {});
      }),
    );
  }

  /** Starts to fetch what will probably be asked for: a failure shows when it is really asked for. */
  expect(name: string): void {
    const project = this.get(name);
    if (project.listing !== undefined) return;
    project.listing = this.#list(project);
    project.listing.catch(() => {});
  }

  async #list(project: Project): Promise<void> {
    const direct = await this.#policy.openDirect(project.name);
    const pages = direct === undefined ? await this.#pages(project.name) : [direct];
    project.list =
      pages.length === 0
        ? missingProject({ kind: "not-found" })
        : listCandidates(project.name, pages, this.#policy.candidates);
  }

  /** The index that a project was taken from, and those after it, which were not asked. */
  passedOver(name: string): { readonly index: string; readonly others: readonly string[] } | undefined {
    const eligible = this.#eligible(name);
    const page = this.get(name).list?.candidates[0]?.page;
    const at = eligible.findIndex(({ url }) => page !== undefined && url === page.repository.url);
    const index = eligible[at];
    if (index === undefined || at === eligible.length - 1) return undefined;
    if (this.#policy.candidates.settings.indexStrategy === "unsafe-best-match") return undefined;
    return {
      index: index.name ?? index.url,
      others: eligible.slice(at + 1).map(({ name: title, url }) => title ?? url),
    };
  }

  #eligible(name: string): readonly Repository[] {
    const pinned = this.#policy.candidates.settings.packageIndexes.get(name);
    return pinned === undefined
      ? this.repositories.filter((repository) => !this.#explicitIndexes.has(repository.name ?? ""))
      : this.repositories.filter((repository) => repository.name === pinned || repository.url === pinned);
  }

  /** The first index that knows a project is the only one for it, unless the user trusts them all alike. */
  async #pages(name: string): Promise<readonly ProjectPage[]> {
    const { settings } = this.#policy.candidates;
    const pinned = settings.packageIndexes.get(name);
    const eligible = this.#eligible(name);
    if (pinned !== undefined && eligible.length === 0) {
      throw new EnkiError(
        "invalid-configuration",
        `${name} is to come from the index ${pinned}, which is not configured`,
      );
    }
    if (settings.indexStrategy === "unsafe-best-match") {
      const pages = await Promise.all(eligible.map(async (repository) => await repository.project(name)));
      return pages.filter((page) => page !== undefined);
    }
    for (const repository of eligible) {
      // oxlint-disable-next-line no-await-in-loop -- a later index is asked only when an earlier one has nothing
      const page = await repository.project(name);
      if (page !== undefined) return [page];
    }
    return [];
  }

  async #load(project: Project, index: CandidateIndex): Promise<void> {
    await this.loadList(project.name);
    const candidate = project.list?.candidates[index];
    if (candidate === undefined) throw new TypeError(`${project.name} has no candidate ${index}`);
    project.distributions.set(index, await loadDistribution(project.name, candidate, this.#policy.files));
  }
}
