import type { PackageDescription } from "../../../src/ecosystems/ecosystem.ts";
import type { Narrator } from "../../../src/resolve/narrator.ts";
import {
  ANY_VERSION,
  type Dependency,
  type DependencyKind,
  filterSet,
  membersOf,
  type PackageFacts,
  type Provider,
  type Unavailable,
  type VersionSet,
} from "../../../src/solver/index.ts";

/** A reason with a kind, as sources give it. */
interface Reason {
  readonly kind: string;
  readonly words: string;
}

interface Edge {
  readonly name: string;
  readonly range: string;
  readonly kind: DependencyKind;
  readonly place?: { readonly file: string; readonly line: number };
  readonly why?: string;
}

interface Candidate {
  readonly version: string;
  readonly edges: Edge[];
  reason?: Reason;
}

/**
 * A problem written as text, one line per version, newest or oldest first as it pleases:
 *
 *     root: a ^1, b >=2 <3           what the service requires; `@web/package.json:12` after an edge says where
 *     a 1.0.0: c ==2, !d             requires c, conflicts with d; `c ==2?` allows c only at ==2
 *     a 2.0.0 yanked: was pulled     unusable, for a reason of kind "yanked"
 *     missing d not-found: is not in the index
 *     either 1: x ^1                 packages called `either…` are alternatives: each version is a choice
 *     lock 1:                        packages called `lock…` are claims
 *     f[x] 1.0.0: f =, g *           `=` is a tie: same version of the base
 */
export class Scenario implements Provider, Narrator {
  private readonly names: string[] = ["root"];
  private readonly candidates = new Map<string, Candidate[]>([["root", [{ version: "", edges: [] }]]]);
  private readonly missing = new Map<string, Reason>();
  private readonly ranges: string[] = ["*"];

  constructor(text: string) {
    for (const raw of text.split("\n")) {
      const line = raw.trim();
      if (line === "" || line.startsWith("#")) continue;
      const [head, rest] = splitOnce(line, ":");
      const [name = "", version = "", kind] = head.trim().split(/\s+/u);
      if (name === "root") {
        this.candidates.get("root")?.[0]?.edges.push(...edges(rest));
      } else if (name === "missing") {
        this.missing.set(version, { kind: kind ?? "not-found", words: rest.trim() });
      } else {
        const list = this.candidates.get(name) ?? [];
        list.push({
          version,
          edges: kind === undefined ? edges(rest) : [],
          ...(kind === undefined ? {} : { reason: { kind, words: rest.trim() } }),
        });
        this.candidates.set(name, list);
      }
    }
    for (const [name, list] of this.candidates) {
      const isOrdered = name.startsWith("either") || name.startsWith("lock");
      if (!isOrdered) list.sort((a, b) => compare(b.version, a.version));
    }
  }

  private index(name: string): number {
    const known = this.names.indexOf(name);
    return known >= 0 ? known : this.names.push(name) - 1;
  }

  private list(package_: number): readonly Candidate[] {
    return this.candidates.get(this.names[package_] ?? "") ?? [];
  }

  facts(package_: number): PackageFacts {
    const name = this.names[package_] ?? "";
    const list = this.list(package_);
    const missing = this.missing.get(name) ?? { kind: "not-found", words: "does not exist" };
    return { count: list.length, hasAllDependencies: true, ...(list.length === 0 ? { missing } : {}) };
  }

  private readonly answers = new Map<Candidate, readonly Dependency[]>();

  dependencies(package_: number, index: number): readonly Dependency[] | Unavailable {
    const candidate = this.list(package_)[index];
    if (candidate?.reason !== undefined) return { kind: "unavailable", reason: candidate.reason };
    if (candidate === undefined) return [];
    const known = this.answers.get(candidate);
    if (known !== undefined) return known;
    const answer = candidate.edges.map((edge) => ({
      package: this.index(edge.name),
      requirement: edge.range === "*" || edge.kind === "same" ? ANY_VERSION : this.requirement(edge.range),
      kind: edge.kind,
      origin: {
        text: edge.range,
        kind: edge.place === undefined ? (edge.why === undefined ? "registry" : "rule") : "manifest",
        ...(edge.place === undefined ? {} : { place: edge.place }),
        ...(edge.why === undefined ? {} : { why: edge.why }),
      },
    }));
    this.answers.set(candidate, answer);
    return answer;
  }

  private requirement(range: string): number {
    const known = this.ranges.indexOf(range);
    return known >= 0 ? known : this.ranges.push(range) - 1;
  }

  matches(package_: number, requirement: number): VersionSet {
    const list = this.list(package_);
    const range = this.ranges[requirement] ?? "*";
    return filterSet(list.length, (index) => admits(range, list[index]?.version ?? ""));
  }

  describe(package_: number): PackageDescription {
    const label = this.names[package_] ?? "";
    if (label === "root") return { ecosystem: "test", kind: "root", label: "the service" };
    if (label.startsWith("either")) return { ecosystem: "test", kind: "alternative", label };
    if (label.startsWith("lock")) return { ecosystem: "test", kind: "claim", label: `the lock ${label.slice(5)}` };
    if (label.startsWith("slot-"))
      return { ecosystem: "test", kind: "slot", label: label.slice(5).split("~")[0] ?? "" };
    if (label.includes("[")) {
      return { ecosystem: "test", kind: "feature", label, base: this.index(label.split("[")[0] ?? "") };
    }
    return { ecosystem: "test", kind: "real", label };
  }

  describeVersions(package_: number, versions: VersionSet): string {
    const list = this.list(package_);
    const runs: string[] = [];
    const members = new Set(membersOf(versions));
    if (members.size === list.length && list.length > 1) return "*";
    // Candidates go from the newest to the oldest; runs are told from the oldest.
    for (let index = list.length - 1; index >= 0; index--) {
      if (!members.has(index)) continue;
      const from = index;
      while (members.has(index - 1)) index -= 1;
      const low = list[from]?.version ?? "";
      const high = list[index]?.version ?? "";
      if (from === index) runs.push(low);
      else if (index === 0) runs.push(`>=${low}`);
      else runs.push(from === list.length - 1 ? `<=${high}` : `>=${low} <=${high}`);
    }
    return runs.join(" or ");
  }

  describeRequirement(_: number, requirement: number): string {
    return this.ranges[requirement] ?? "";
  }

  describeReason(_: number, reason: unknown): string {
    return typeof reason === "object" && reason !== null && "words" in reason ? String(reason.words) : "";
  }

  candidateCount(package_: number): number {
    return this.list(package_).length;
  }
}

function edges(text: string): Edge[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map((part) => {
      const [requirement = "", note] = part.split("@");
      const [name = "", ...words] = requirement.trim().split(/\s+/u);
      const range = words.join(" ");
      const [file = "", line] = (note ?? "").split(":");
      const origin =
        note === undefined ? {} : line === undefined ? { why: file } : { place: { file, line: Number(line) } };
      if (name.startsWith("!"))
        return { name: name.slice(1), range: range === "" ? "none" : `not ${range}`, kind: "constrains", ...origin };
      if (range === "=") return { name, range: "", kind: "same", ...origin };
      if (range.endsWith("?")) return { name, range: range.slice(0, -1), kind: "constrains", ...origin };
      return { name, range: range === "" ? "*" : range, kind: "requires", ...origin };
    });
}

function admits(range: string, version: string): boolean {
  if (range === "none") return false;
  if (range.startsWith("not ")) return !admits(range.slice(4), version);
  return range.split(/\s+/u).every((part) => {
    const [, operator = "", bound = ""] = /^(\D*)(.*)$/u.exec(part) ?? [];
    const order = compare(version, bound);
    switch (operator) {
      case ">=":
        return order >= 0;
      case ">":
        return order > 0;
      case "<=":
        return order <= 0;
      case "<":
        return order < 0;
      case "!=":
        return order !== 0;
      case "^":
        return order >= 0 && version.split(".")[0] === bound.split(".")[0];
      case "*":
        return true;
      default:
        return order === 0;
    }
  });
}

function compare(a: string, b: string): number {
  const left = a.split(".").map(Number);
  const right = b.split(".").map(Number);
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
