import type { DependencyKind } from "./provider.ts";
import type {
  Snapshot,
  SnapshotCandidate,
  SnapshotDependency,
  SnapshotPackage,
  SnapshotRanges,
  SnapshotRequirement,
  SnapshotValue,
} from "./snapshot.ts";

/** More candidates than all packages of any registry together are an attack, not a problem. */
const MAX_CANDIDATES = 10_000_000;

const KINDS: readonly DependencyKind[] = ["requires", "constrains", "same"];

/** What is wrong with a snapshot: the message names the place as a path, such as `packages[3].candidates[0][1]`. */
export class InvalidSnapshot extends Error {
  constructor(path: string, problem: string) {
    super(`${path} ${problem}`.trim());
    this.name = "InvalidSnapshot";
  }
}

/** Whether a text looks like a snapshot rather than any other JSON. */
export function looksLikeSnapshot(text: string): boolean {
  return /^\s{0,100}\{\s{0,100}"format"\s{0,10}:\s{0,10}"enki-problem"/u.test(text.slice(0, 400));
}

/** Reads a snapshot from anywhere. Throws {@link InvalidSnapshot}; what it returns can be replayed without further checks. */
export function parseSnapshot(text: string): Snapshot {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InvalidSnapshot("the snapshot", `is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  return new SnapshotReader().read(value);
}

type Fields = Readonly<Record<string, unknown>>;

class SnapshotReader {
  private counts: readonly (number | undefined)[] = [];
  private requirementCounts: readonly number[] = [];
  private originCount = 0;

  read(value: unknown): Snapshot {
    const top = fields(value, "the snapshot", ["format", "version", "about", "root", "order", "packages", "origins"]);
    if (top["format"] !== "enki-problem") throw new InvalidSnapshot("format", 'must be "enki-problem"');
    if (top["version"] !== 1) throw new InvalidSnapshot("version", "must be 1: this Enki reads no other");
    const { order, about } = top;
    if (order !== undefined && order !== "depth-first") throw new InvalidSnapshot("order", 'must be "depth-first"');
    const origins = top["origins"] === undefined ? undefined : list(top["origins"], "origins");
    this.originCount = origins?.length ?? 0;
    const listed = list(top["packages"], "packages").map((entry, index) => this.open(entry, `packages[${index}]`));
    this.counts = listed.map(({ candidates }) => candidates?.length);
    if (this.counts.reduce<number>((sum, count) => sum + (count ?? 0), 0) > MAX_CANDIDATES) {
      throw new InvalidSnapshot("packages", `have more than ${MAX_CANDIDATES} candidates together`);
    }
    this.requirementCounts = listed.map(({ requirements }) => requirements.length);
    const packages = listed.map((entry, index) => this.package(entry, index));
    return {
      format: "enki-problem",
      version: 1,
      ...(about === undefined ? {} : { about: about as SnapshotValue }),
      root: this.root(top["root"]),
      ...(order === undefined ? {} : { order }),
      packages,
      ...(origins === undefined ? {} : { origins: origins as readonly SnapshotValue[] }),
    };
  }

  private root(value: unknown): Snapshot["root"] {
    const root = fields(value, "root", ["package", "candidate"]);
    const package_ = position(root["package"], "root.package", this.counts.length);
    return { package: package_, candidate: position(root["candidate"], "root.candidate", this.counts[package_] ?? 0) };
  }

  /** The shape of a package, before it is known what its dependencies may refer to. */
  private open(
    value: unknown,
    path: string,
  ): { fields: Fields; candidates: readonly unknown[] | undefined; requirements: readonly unknown[] } {
    const entry = fields(value, path, [
      "name",
      "about",
      "candidates",
      "versions",
      "requirements",
      "unavailable",
      "missing",
      "priority",
      "hasAllDependencies",
      "choices",
    ]);
    const { candidates, requirements } = entry;
    return {
      fields: entry,
      candidates: candidates === null ? undefined : list(candidates, `${path}.candidates`),
      requirements: requirements === undefined ? [] : list(requirements, `${path}.requirements`),
    };
  }

  private package(opened: ReturnType<SnapshotReader["open"]>, ordinal: number): SnapshotPackage {
    const { fields: entry, candidates, requirements } = opened;
    const path = `packages[${ordinal}]`;
    const count = candidates?.length ?? 0;
    const { about, versions, unavailable, missing, priority, hasAllDependencies, choices } = entry;
    if (missing !== undefined && count > 0) throw new InvalidSnapshot(`${path}.missing`, "contradicts the candidates");
    if (hasAllDependencies !== undefined && hasAllDependencies !== true) {
      throw new InvalidSnapshot(`${path}.hasAllDependencies`, "must be true or absent");
    }
    if (priority !== undefined && (typeof priority !== "number" || !Number.isSafeInteger(priority))) {
      throw new InvalidSnapshot(`${path}.priority`, "must be a whole number");
    }
    const names = versions === undefined ? undefined : list(versions, `${path}.versions`);
    if (names !== undefined && names.length !== count) {
      throw new InvalidSnapshot(`${path}.versions`, `must have as many entries as there are candidates (${count})`);
    }
    return {
      name: textOf(entry["name"], `${path}.name`),
      ...(about === undefined ? {} : { about: about as SnapshotValue }),
      candidates:
        candidates?.map((candidate, at) => this.candidate(candidate, `${path}.candidates[${at}]`, count)) ?? null,
      ...(names === undefined ? {} : { versions: names.map((name, at) => textOf(name, `${path}.versions[${at}]`)) }),
      ...(requirements.length === 0
        ? {}
        : {
            requirements: requirements.map((requirement, at) =>
              readRequirement(requirement, `${path}.requirements[${at}]`, count),
            ),
          }),
      ...(unavailable === undefined
        ? {}
        : {
            unavailable: list(unavailable, `${path}.unavailable`).map((group, at) =>
              readGroup(group, `${path}.unavailable[${at}]`, count),
            ),
          }),
      ...(missing === undefined ? {} : { missing: missing as SnapshotValue }),
      ...(priority === undefined ? {} : { priority }),
      ...(hasAllDependencies === undefined ? {} : { hasAllDependencies }),
      ...(choices === undefined
        ? {}
        : {
            choices: list(choices, `${path}.choices`).map((choice, at) =>
              readChoice(choice, `${path}.choices[${at}]`, count),
            ),
          }),
    };
  }

  private candidate(value: unknown, path: string, count: number): SnapshotCandidate {
    if (value === null) return null;
    if (!Array.isArray(value)) {
      const { unavailable } = fields(value, path, ["unavailable"]);
      if (unavailable === undefined) throw new InvalidSnapshot(`${path}.unavailable`, "is missing");
      return { unavailable: unavailable as SnapshotValue };
    }
    return value.map((entry: unknown, at) => this.dependency(entry, `${path}[${at}]`, count));
  }

  private dependency(value: unknown, path: string, count: number): SnapshotDependency {
    const parts = list(value, path);
    if (parts.length !== 3 && parts.length !== 4) throw new InvalidSnapshot(path, "must have three or four entries");
    const kind = KINDS.find((known) => known === parts[0]);
    if (kind === undefined) throw new InvalidSnapshot(`${path}[0]`, `must be one of ${KINDS.join(", ")}`);
    const package_ = position(parts[1], `${path}[1]`, this.counts.length);
    const requirement = position(parts[2], `${path}[2]`, (this.requirementCounts[package_] ?? 0) + 1);
    const targetCount = this.counts[package_];
    if (kind === "same" && targetCount !== undefined && targetCount !== count) {
      throw new InvalidSnapshot(path, `ties packages with ${count} and ${targetCount} candidates`);
    }
    if (parts.length === 3) return [kind, package_, requirement];
    return [kind, package_, requirement, position(parts[3], `${path}[3]`, this.originCount)];
  }
}

function readRequirement(value: unknown, path: string, count: number): SnapshotRequirement {
  const parts = list(value, path);
  if (parts.length !== 2) throw new InvalidSnapshot(path, "must have two entries");
  return [parts[0] === null ? null : ranges(parts[0], `${path}[0]`, count), textOf(parts[1], `${path}[1]`)];
}

function readGroup(value: unknown, path: string, count: number): { candidates: SnapshotRanges; reason: SnapshotValue } {
  const group = fields(value, path, ["candidates", "reason"]);
  if (group["reason"] === undefined) throw new InvalidSnapshot(`${path}.reason`, "is missing");
  return {
    candidates: ranges(group["candidates"], `${path}.candidates`, count),
    reason: group["reason"] as SnapshotValue,
  };
}

function readChoice(value: unknown, path: string, count: number): { admissible: SnapshotRanges; candidate: number } {
  const choice = fields(value, path, ["admissible", "candidate"]);
  return {
    admissible: ranges(choice["admissible"], `${path}.admissible`, count),
    candidate: position(choice["candidate"], `${path}.candidate`, count),
  };
}

/** An object with no other keys than these. */
function fields(value: unknown, path: string, keys: readonly string[]): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new InvalidSnapshot(path, "must be an object");
  }
  const unknown = Object.keys(value).find((key) => !keys.includes(key));
  if (unknown !== undefined) throw new InvalidSnapshot(path, `has an unknown key ${JSON.stringify(unknown)}`);
  // Own keys only: what a document does not say must not come from the prototype.
  return Object.fromEntries(Object.entries(value));
}

function list(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new InvalidSnapshot(path, "must be a list");
  return value;
}

function textOf(value: unknown, path: string): string {
  if (typeof value !== "string") throw new InvalidSnapshot(path, "must be a string");
  return value;
}

function position(value: unknown, path: string, limit: number): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value < limit) return value;
  throw new InvalidSnapshot(path, limit === 0 ? "refers to nothing" : `must be a whole number from 0 to ${limit - 1}`);
}

function ranges(value: unknown, path: string, count: number): SnapshotRanges {
  let last = 0;
  return list(value, path).map((entry, at) => {
    const parts = list(entry, `${path}[${at}]`);
    const [from, until] = parts.map((part, side) => position(part, `${path}[${at}][${side}]`, count + 1));
    if (parts.length !== 2 || from === undefined || until === undefined || from < last || until <= from) {
      throw new InvalidSnapshot(`${path}[${at}]`, "must be a pair of ascending numbers beyond the pair before it");
    }
    last = until;
    return [from, until] as const;
  });
}
