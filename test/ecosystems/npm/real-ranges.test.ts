import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Range, SemVer } from "semver";
import { describe, expect, it } from "vitest";

import { frozenPackuments } from "./frozen-registry.ts";
import { sortTexts } from "./sorted-texts.ts";

const directory = frozenPackuments();
const DEPENDENCY_FIELDS = ["dependencies", "peerDependencies", "optionalDependencies"] as const;

interface Document {
  readonly name: string;
  readonly versions: Readonly<
    Record<string, Readonly<Partial<Record<(typeof DEPENDENCY_FIELDS)[number], Readonly<Record<string, unknown>>>>>>
  >;
}

/** Per package: its versions, and the ranges by which all others in the folder ask for it. */
function readPackages(folder: string): ReadonlyMap<string, { versions: readonly string[]; ranges: Set<string> }> {
  const packages = new Map<string, { versions: readonly string[]; ranges: Set<string> }>();
  const documents = readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), "utf8")) as Document);
  for (const { name, versions } of documents)
    packages.set(name, { versions: Object.keys(versions), ranges: new Set() });
  for (const manifest of documents.flatMap(({ versions }) => Object.values(versions))) {
    for (const [name, range] of DEPENDENCY_FIELDS.flatMap((field) => Object.entries(manifest[field] ?? {}))) {
      if (typeof range === "string") packages.get(name)?.ranges.add(range);
    }
  }
  return packages;
}

/** What node-semver says: indices of the admitted versions; nothing when it can't read the range. */
function admitted(range: string, versions: readonly SemVer[]): readonly number[] {
  try {
    const read = new Range(range, true);
    return versions.flatMap((version, index) => (read.test(version) ? [index] : []));
  } catch {
    return [];
  }
}

describe.skipIf(directory === undefined)("every range in the frozen registry", () => {
  it("admits the versions that node-semver says", { timeout: 60_000 }, () => {
    let count = 0;
    const differences: string[] = [];
    for (const [name, { versions, ranges }] of readPackages(directory ?? "")) {
      const sorted = sortTexts([...versions]);
      const { list } = sorted;
      const parsed = sorted.versions.map((version) => new SemVer(version, true));
      for (const range of ranges) {
        count += 1;
        if (String(list.matching(range)) !== String(admitted(range, parsed))) differences.push(`${name} ${range}`);
      }
    }
    expect(differences).toEqual([]);
    expect(count).toBeGreaterThan(100_000);
  });
});
