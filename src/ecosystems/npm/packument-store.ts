import { CandidateList, type CandidatePolicy } from "./candidates.ts";
import { parseDependencySpec, type DependencySpec } from "./dependency-spec.ts";
import type { PackageManifest, Packument } from "./packument.ts";
import type { PackumentRegistry } from "./registry.ts";

const exactVersion = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/;

/** A package and how it is asked for. */
type Guess = readonly [string, DependencySpec];

/** The packuments of one run, each asked for once, and the candidate lists made of them. */
export class PackumentStore {
  readonly #registry: PackumentRegistry;
  readonly #policy: CandidatePolicy;
  readonly #pending = new Map<string, Promise<Packument | undefined>>();
  readonly #loaded = new Map<string, Packument | undefined>();
  readonly #lists = new Map<string, CandidateList>();
  readonly #visited = new Set<string>();
  /** How packages were asked for whose dependencies nobody has looked at yet. */
  readonly #guesses: Guess[] = [];
  readonly #locked: ReadonlyMap<string, ReadonlySet<string>>;

  /** `locked`: the versions per name that an earlier lock holds. */
  constructor(registry: PackumentRegistry, policy: CandidatePolicy, locked: ReadonlyMap<string, ReadonlySet<string>>) {
    this.#registry = registry;
    this.#policy = policy;
    this.#locked = locked;
  }

  /** Whether it is known what the registry has under `name`: the packument was loaded, or is in the cache and is now. */
  isAtHand(name: string): boolean {
    if (this.#loaded.has(name)) return true;
    const kept = this.#pending.has(name) ? undefined : this.#registry.kept?.(name);
    if (kept === undefined) return false;
    this.#loaded.set(name, kept);
    return true;
  }

  /** The packument, `undefined` when the registry has none or it is not at hand. */
  get(name: string): Packument | undefined {
    return this.#loaded.get(name);
  }

  /** The candidates of a loaded packument. */
  candidates(packument: Packument, demoted: ReadonlySet<number> = new Set()): CandidateList {
    const key = demoted.size === 0 ? packument.name : `${packument.name}\n${[...demoted].join(",")}`;
    const known = this.#lists.get(key);
    if (known !== undefined) return known;
    const list = new CandidateList(packument, this.#policy, demoted);
    this.#lists.set(key, list);
    return list;
  }

  load(name: string): Promise<Packument | undefined> {
    return this.isAtHand(name) ? Promise.resolve(this.#loaded.get(name)) : this.#fetch(name);
  }

  /** Asks the registry for what is not at hand. */
  #fetch(name: string): Promise<Packument | undefined> {
    const pending = this.#pending.get(name);
    if (pending !== undefined) return pending;
    const loading = this.#registry.packument(name).then((packument) => {
      this.#loaded.set(name, packument);
      return packument;
    });
    this.#pending.set(name, loading);
    return loading;
  }

  /** Notes how a package at hand is asked for: what its likely version depends on is a guess for {@link crawl}. */
  guess(name: string, spec: DependencySpec): void {
    this.#guesses.push([name, spec]);
  }

  /**
   * Loads a package and, without waiting for the solver, what its likely version and those of all guesses depend on, and
   * so on. That happens only when the network must be asked for something that is needed: then almost everything a run
   * needs arrives while the network is busy anyway. As long as the cache has what is needed, nothing is guessed.
   */
  crawl(name: string, spec: DependencySpec, signal: AbortSignal): Promise<void> {
    if (this.isAtHand(name)) return Promise.resolve();
    this.#guesses.push([name, spec]);
    return this.#askAhead(signal);
  }

  /** Follows all guesses, with the network. */
  #askAhead(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      let underWay = 1;
      const done = (): void => {
        underWay -= 1;
        if (underWay === 0) resolve();
      };
      const waiting = new Map<string, DependencySpec[]>();
      const visit = (first: readonly Guess[]): void => {
        const stack = [...first];
        for (let next = stack.pop(); next !== undefined && !signal.aborted; next = stack.pop()) {
          const [wanted, wantedSpec] = next;
          if (this.isAtHand(wanted)) {
            stack.push(...this.#nextToLoad(wanted, wantedSpec));
            continue;
          }
          const others = waiting.get(wanted);
          if (others !== undefined) {
            others.push(wantedSpec);
            continue;
          }
          waiting.set(wanted, [wantedSpec]);
          underWay += 1;
          const arrived = (): void => {
            visit((waiting.get(wanted) ?? []).map((each) => [wanted, each]));
            done();
          };
          this.#fetch(wanted).then(arrived).catch(reject);
        }
      };
      visit(this.#guesses.splice(0));
      done();
    });
  }

  /** What the likely version of a loaded package depends on; nothing when that was asked before. */
  #nextToLoad(name: string, spec: DependencySpec): readonly Guess[] {
    const key = `${name}\n${spec.kind === "range" ? spec.range : spec.kind === "tag" ? spec.tag : ""}`;
    const packument = this.#loaded.get(name);
    if (packument === undefined || this.#visited.has(key)) return [];
    this.#visited.add(key);
    const index = this.#likely(packument, spec);
    if (index === undefined) return [];
    const next: Guess[] = [];
    for (const [dependency, range] of dependenciesToLoad(packument.manifest(index))) {
      const target = parseDependencySpec(dependency, range);
      if (target.kind === "range" || target.kind === "tag") next.push([target.name, target]);
    }
    return next;
  }

  /**
   * Optional dependencies that a version pins exactly (its binaries per platform): names whose packuments are not
   * at hand, or whether one of them is not in the registry. Such a version gives a lock that `npm ci` refuses.
   */
  pinnedOptionals(manifest: PackageManifest): { unknown: readonly string[]; lacksOne: boolean } {
    const unknown: string[] = [];
    let lacksOne = false;
    for (const [name, range] of manifest.optionalDependencies) {
      if (!exactVersion.test(range) || manifest.bundled.has(name)) continue;
      if (!this.isAtHand(name)) unknown.push(name);
      else if (this.#loaded.get(name)?.list.indexOf(range) === undefined) lacksOne = true;
    }
    return { unknown, lacksOne };
  }

  /** Index in the version list. */
  #likely(packument: Packument, spec: DependencySpec): number | undefined {
    const list = this.candidates(packument);
    const lockedVersions = this.#locked.get(packument.name);
    if (lockedVersions !== undefined && spec.kind === "range") {
      const admitted = new Set(packument.list.matching(spec.range));
      for (const version of lockedVersions) {
        const index = packument.list.indexOf(version);
        if (index !== undefined && admitted.has(index)) return index;
      }
    }
    const candidate = list.preferred(spec);
    return candidate === undefined ? undefined : list.versionIndex(candidate);
  }
}

function* dependenciesToLoad(manifest: PackageManifest): Generator<readonly [string, string]> {
  for (const entry of manifest.dependencies) if (!manifest.bundled.has(entry[0])) yield entry;
  for (const entry of manifest.optionalDependencies) if (!manifest.bundled.has(entry[0])) yield entry;
  for (const entry of manifest.peerDependencies) if (!manifest.optionalPeers.has(entry[0])) yield entry;
}
