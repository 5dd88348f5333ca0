import type { Diagnostic } from "../../model/diagnostic.ts";
import type { PackageId } from "../../model/resolution.ts";
import { flagsOf, readDefinition, type OpamDefinition } from "./definition.ts";
import { unavailability } from "./evaluated.ts";
import type { OpamEnvironment } from "./environment.ts";
import type { OpamRepository } from "./repository/repository.ts";
import { compareVersions } from "./version.ts";

/** One version of a package that exists, usable or not. */
export class Candidate {
  readonly name: string;
  readonly version: string;
  /** The repository that describes it; absent for packages of the project itself and for those pinned to a path. */
  readonly repository: OpamRepository | undefined;
  /** The source that `pin-depends` gives it instead of its own. */
  readonly pinnedTo: string | undefined;
  /** Whether its maintainers ask not to choose it on their own: flagged `avoid-version` or `deprecated`. */
  readonly isAvoided: boolean;
  private text: string | undefined;
  private parsed: OpamDefinition | undefined;
  private problem: Diagnostic | undefined;

  constructor(name: string, version: string, source: OpamRepository | OpamDefinition, pinnedTo?: string) {
    this.name = name;
    this.version = version;
    this.pinnedTo = pinnedTo;
    if ("document" in source) {
      this.repository = undefined;
      this.parsed = source;
    } else {
      this.repository = source;
    }
    this.isAvoided = this.mentions("avoid-version", "deprecated") && this.hasAvoidingFlag();
  }

  /** Whether it is a package of the project itself. */
  get isProject(): boolean {
    return this.repository === undefined && this.pinnedTo === undefined;
  }

  /** The id of the package version; packages of the project are roots. */
  get id(): PackageId {
    return this.isProject ? `root:${this.definition()?.file ?? this.name}` : `opam:${this.name}@${this.version}`;
  }

  /** The opam file; `undefined` when it cannot be read, and then {@link unreadable} says why. */
  definition(): OpamDefinition | undefined {
    if (this.parsed === undefined && this.problem === undefined) {
      const file = `packages/${this.name}/${this.name}.${this.version}/opam`;
      const reading = readDefinition(this.name, this.version, file, this.content());
      this.parsed = reading.definition;
      if (reading.definition === undefined) this.problem = reading.diagnostics[0];
      this.text = undefined;
    }
    return this.parsed;
  }

  unreadable(): Diagnostic | undefined {
    return this.definition() === undefined ? this.problem : undefined;
  }

  /** The `available` filter when it does not hold. */
  unavailability(environment: OpamEnvironment, report: (diagnostic: Diagnostic) => void): string | undefined {
    if (!this.mentions("available")) return undefined;
    const definition = this.definition();
    return definition === undefined ? undefined : unavailability(definition, environment, report);
  }

  /** Whether the file holds one of the words at all: most files need no parsing to answer the questions above. */
  private mentions(...words: readonly string[]): boolean {
    const text = this.parsed?.document.text ?? this.content();
    return words.some((word) => text.includes(word));
  }

  private content(): string {
    if (this.text === undefined) {
      const bytes = this.repository?.read(this.name, this.version);
      this.text = bytes === undefined ? "" : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
    }
    return this.text;
  }

  private hasAvoidingFlag(): boolean {
    const definition = this.definition();
    if (definition === undefined) return false;
    const flags = flagsOf(definition);
    return flags.has("avoid-version") || flags.has("deprecated");
  }
}

/**
 * Candidates in order of preference: the newest first, but those that are flagged `avoid-version` or `deprecated` after
 * all others. Versions that compare equal are one version; the directory that sorts last provides it, as in opam.
 */
export function orderCandidates(candidates: readonly Candidate[], direction: "highest" | "lowest"): Candidate[] {
  const sorted = candidates.toSorted(
    (left, right) => compareVersions(right.version, left.version) || (left.version < right.version ? 1 : -1),
  );
  const distinct = sorted.filter(
    (candidate, index) => index === 0 || compareVersions(candidate.version, sorted[index - 1]?.version ?? "") !== 0,
  );
  if (direction === "lowest") distinct.reverse();
  return [
    ...distinct.filter((candidate) => !candidate.isAvoided),
    ...distinct.filter((candidate) => candidate.isAvoided),
  ];
}
