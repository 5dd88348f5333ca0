import type { DependencyOrigin, PackageDescription } from "../ecosystems/ecosystem.ts";
import type { PackageIndex, RequirementIndex } from "../solver/provider.ts";
import type { Snapshot, SnapshotPackage, SnapshotValue } from "../solver/snapshot.ts";
import { membersOf, type VersionSet } from "../solver/version-set.ts";
import type { Narrator } from "./narrator.ts";

const KINDS: readonly PackageDescription["kind"][] = [
  "root",
  "real",
  "feature",
  "slot",
  "alternative",
  "claim",
  "tool",
];

/** The words of a captured problem. A snapshot comes from anywhere, so whatever is not of the expected shape is ignored. */
export class SnapshotNarrator implements Narrator {
  readonly #snapshot: Snapshot;

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  describe(package_: PackageIndex): PackageDescription {
    const { name: label = "?", about } = this.#package(package_) ?? {};
    if (package_ === this.#snapshot.root.package) return { ecosystem: "root", kind: "root", label };
    const { ecosystem, kind, base, offeredBy, among } = fieldsOf(about);
    return {
      ecosystem: typeof ecosystem === "string" ? ecosystem : "",
      kind: KINDS.find((known) => known === kind) ?? "real",
      label,
      ...(typeof base === "number" ? { base } : {}),
      ...(typeof offeredBy === "string" ? { offeredBy } : {}),
      ...(typeof among === "string" ? { among } : {}),
    };
  }

  describeVersions(package_: PackageIndex, versions: VersionSet): string {
    const { versions: names, candidates } = this.#package(package_) ?? {};
    const nameOf = (candidate: number): string => names?.[candidate] ?? `candidate ${candidate}`;
    const last = (candidates?.length ?? 0) - 1;
    // A candidate without a name stands for absence.
    const isNamed = (candidate: number): boolean => nameOf(candidate) !== "";
    const members = membersOf(versions).filter(isNamed);
    const named = Array.from({ length: last + 1 }, (_, candidate) => candidate).filter(isNamed);
    if (named.length > 1 && members.length === named.length) return "*";
    const runs: { newest: number; oldest: number }[] = [];
    for (const member of members) {
      const run = runs.at(-1);
      if (run?.oldest === member - 1) run.oldest = member;
      else runs.push({ newest: member, oldest: member });
    }
    return runs
      .toReversed()
      .map(({ newest, oldest }) => {
        if (newest === oldest) return nameOf(newest);
        if (newest === 0) return `>=${nameOf(oldest)}`;
        return oldest === last ? `<=${nameOf(newest)}` : `>=${nameOf(oldest)} <=${nameOf(newest)}`;
      })
      .join(" or ");
  }

  describeRequirement(package_: PackageIndex, requirement: RequirementIndex): string {
    return this.#package(package_)?.requirements?.[requirement - 1]?.[1] ?? "";
  }

  describeReason(_: PackageIndex, reason: unknown): string {
    if (typeof reason === "string") return reason;
    const text = typeof reason === "object" && reason !== null && "text" in reason ? reason.text : undefined;
    return typeof text === "string" ? text : "can't be used";
  }

  candidateCount(package_: PackageIndex): number {
    return this.#package(package_)?.candidates?.length ?? 0;
  }

  #package(package_: PackageIndex): SnapshotPackage | undefined {
    return this.#snapshot.packages[package_];
  }
}

/** The snapshot with origins of a shape that explanations may rely on. */
export function withReadableOrigins(snapshot: Snapshot): Snapshot {
  const { origins } = snapshot;
  return origins === undefined ? snapshot : { ...snapshot, origins: origins.map(readOrigin) };
}

function readOrigin(value: SnapshotValue): SnapshotValue {
  const { kind, text, place, why } = fieldsOf(value);
  const { file, line, column } = fieldsOf(place);
  const kinds: readonly DependencyOrigin["kind"][] = ["manifest", "registry", "rule"];
  return {
    kind: kinds.find((known) => known === kind) ?? "registry",
    text: typeof text === "string" ? text : "",
    ...(typeof why === "string" ? { why } : {}),
    ...(typeof file === "string"
      ? {
          place: {
            file,
            ...(typeof line === "number" ? { line } : {}),
            ...(typeof column === "number" ? { column } : {}),
          },
        }
      : {}),
  };
}

function fieldsOf(value: SnapshotValue | undefined): Readonly<Record<string, SnapshotValue>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value));
}
