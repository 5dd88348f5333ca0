/** The shared snapshots of a real index and their cases. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { normaliseName } from "../../../src/ecosystems/pypi/pep/names.ts";
import type { MemoryProjects, MemoryVersion } from "./memory-index.ts";

const directory = fileURLToPath(new URL("../../../../shared/data/pypi/backtracking", import.meta.url));

/** One case. */
export interface SnapshotCase {
  readonly name: string;
  readonly index: string;
  readonly requested: readonly string[];
  /** Package to version; absent when there is no answer. */
  readonly resolved: ReadonlyMap<string, string> | undefined;
}

/** Whether the snapshots are there, and tar can read them. */
export function hasSnapshots(): boolean {
  if (!existsSync(directory)) return false;
  try {
    execFileSync("xz", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** All cases, sorted by name. */
export function readCases(): readonly SnapshotCase[] {
  return readdirSync(directory)
    .filter((file) => file.startsWith("case-"))
    .toSorted()
    .map((file) => {
      const text: {
        index: string;
        requested: string[];
        resolved?: Record<string, string | { version: string }>;
      } = JSON.parse(readFileSync(join(directory, file), "utf8"));
      const resolved = Object.entries(text.resolved ?? {}).map(
        ([name, version]) => [normaliseName(name), typeof version === "string" ? version : version.version] as const,
      );
      return {
        name: file.slice("case-".length, -".json".length),
        index: text.index,
        requested: text.requested,
        resolved: text.resolved === undefined ? undefined : new Map(resolved),
      };
    });
}

/** The projects of one index. */
export function readSnapshot(index: string): MemoryProjects {
  const archive = join(directory, "indexes.tar.xz");
  const text = execFileSync("tar", ["xOf", archive, `${index}.json`], { maxBuffer: 256 * 1024 * 1024 });
  const projects: Record<string, Record<string, { dependencies?: string[]; requires_python?: string }>> = JSON.parse(
    text.toString("utf8"),
  );
  return new Map(
    Object.entries(projects).map(([name, versions]) => [
      normaliseName(name),
      new Map(
        Object.entries(versions).map(([version, facts]): [string, MemoryVersion] => [
          version,
          {
            requires: facts.dependencies ?? [],
            ...(facts.requires_python === undefined ? {} : { requiresPython: facts.requires_python }),
          },
        ]),
      ),
    ]),
  );
}
