import type { PackageSource } from "../ecosystems/ecosystem.ts";
import type { EcosystemId } from "../model/requirement.ts";
import type { PackageFacts, PackageIndex } from "../solver/provider.ts";
import { filterSet, hasMember, isEmptySet, membersOf } from "../solver/version-set.ts";

/** Why candidates are left out that would do otherwise: they are not what the question is about. */
interface NotAskedFor {
  readonly kind: "not-asked-for";
  /** The version or the range that was asked for. */
  readonly asked: string;
}

/** What a question is about. */
export interface AskedVersion {
  readonly ecosystem: EcosystemId;
  readonly name: string;
  /** A version, or a range in the words of the ecosystem. */
  readonly text: string;
  /** Whether a version lies in the range that {@link text} means where no version is called so. */
  inRange(version: string): boolean;
  /**
   * Whether every copy of the package must be at such a version. Where dependents have copies of their own, only those
   * copies otherwise that could be: what wants another version gets that.
   */
  readonly isEverywhere: boolean;
}

/**
 * "What if this package had to be at that version?" A problem that is asked so has no other candidates of the package,
 * and its proofs say that the user asked for it. It notes which versions exist, as far as registries were read.
 */
export class VersionQuestion {
  readonly asked: AskedVersion;
  readonly #existing = new Set<string>();
  readonly #unusable = new Map<string, string>();

  constructor(asked: AskedVersion) {
    this.asked = asked;
  }

  /** The versions of the package that exist, usable or not; empty when the problem has not met it. */
  get existing(): ReadonlySet<string> {
    return this.#existing;
  }

  /** What is wrong with versions that are asked for and exist but are unusable, completing "… because it ". */
  get unusable(): ReadonlyMap<string, string> {
    return this.#unusable;
  }

  /** Whether a version is one of those asked for: the one that is called so, else any in the range. */
  admits(version: string): boolean {
    const { text } = this.asked;
    return this.#existing.has(text) ? version === text : this.asked.inRange(version);
  }

  /** The facts of a package of the asked ecosystem under this question. */
  narrowed(source: PackageSource, package_: PackageIndex, facts: PackageFacts): PackageFacts {
    if (facts.count === 0) return facts;
    const held = source.versionsOf(package_, this.asked.name);
    if (held === undefined) return facts;
    for (const version of held.existing) this.#existing.add(version);
    const isAsked = (candidate: number): boolean => {
      const version = held.versions[candidate];
      return version !== undefined && this.admits(version);
    };
    const { isEverywhere, text } = this.asked;
    const { wanted } = held;
    const could = filterSet(
      facts.count,
      (candidate) => isAsked(candidate) && (wanted === undefined || hasMember(wanted, candidate)),
    );
    if (!isEverywhere && isEmptySet(could)) return facts;
    const left = facts.unavailable ?? [];
    for (const { candidates, reason } of left) {
      for (const candidate of membersOf(candidates)) {
        if (isAsked(candidate)) this.#unusable.set(held.versions[candidate] ?? "", source.describeReason(reason));
      }
    }
    const candidates = filterSet(
      facts.count,
      (candidate) => !isAsked(candidate) && !left.some((group) => hasMember(group.candidates, candidate)),
    );
    if (isEmptySet(candidates)) return facts;
    const reason: NotAskedFor = { kind: "not-asked-for", asked: text };
    return { ...facts, unavailable: [...left, { candidates, reason }] };
  }
}

/** Completes "… because it ", for a reason of this file; `undefined` for any other. */
export function describeNotAskedFor(reason: unknown): string | undefined {
  return isNotAskedFor(reason) ? `is not ${reason.asked}, which you asked for` : undefined;
}

function isNotAskedFor(reason: unknown): reason is NotAskedFor {
  return typeof reason === "object" && reason !== null && "kind" in reason && reason.kind === "not-asked-for";
}
