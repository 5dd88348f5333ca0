import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Interval, Registry } from "./registry.ts";

const PACKAGE = "@conda-org/rattler@0.3.5";

/** A solver that answers for one root with everything it does around that: it reads the registry anew each time. */
export interface SlowRival {
  readonly name: string;
  solve(package_: number, position: number): Promise<boolean>;
}

interface Rattler {
  simpleSolve(
    specs: readonly string[],
    channels: readonly string[],
    platforms: readonly string[],
    locked: readonly never[],
  ): Promise<readonly unknown[]>;
}

/** Installs the package into a temporary folder; a reason in words when that fails. */
function install(): Rattler | string {
  const folder = mkdtempSync(join(tmpdir(), "enki-bench-rattler-"));
  const { status, stderr } = spawnSync("npm", ["install", "--no-audit", "--no-fund", "--prefix", folder, PACKAGE], {
    encoding: "utf8",
  });
  if (status !== 0) return `can't be installed: ${stderr.split("\n").slice(0, 1).join("")}`;
  return createRequire(join(folder, "bench.cjs"))("@conda-org/rattler") as Rattler;
}

function specification(package_: number, intervals: readonly Interval[]): string {
  const ranges = intervals.map(([from, until]) => (until < 0 ? `>=${from}` : `>=${from},<${until}`));
  // No interval admits nothing: no version is below zero.
  return `p${package_} ${ranges.length === 0 ? "<0" : ranges.join("|")}`;
}

/** The registry as conda's `repodata.json`. */
function repodata(registry: Registry): string {
  const records: Record<string, unknown> = {};
  for (const [package_, { versions, edges }] of registry) {
    for (const [index, version] of versions.entries()) {
      const depends = (edges[index] ?? []).map((edge) => specification(edge.package, edge.intervals));
      records[`p${package_}-${version}-0.tar.bz2`] = {
        build: "0",
        build_number: 0,
        depends,
        md5: "0".repeat(32),
        name: `p${package_}`,
        noarch: "generic",
        sha256: "0".repeat(64),
        size: 1,
        subdir: "noarch",
        version: `${version}`,
      };
    }
  }
  return JSON.stringify({ info: { subdir: "noarch" }, packages: records, "packages.conda": {}, repodata_version: 1 });
}

let installed: Rattler | string | undefined;

/** resolvo in WebAssembly, as rattler's `simpleSolve`, with `fetch` answering from memory; a reason when there is none. */
export function rattler(registry: Registry): SlowRival | string {
  installed ??= install();
  if (typeof installed === "string") return installed;
  const { simpleSolve } = installed;
  const text = repodata(registry);
  return {
    name: "rattler (end to end)",
    solve: async (package_, position) => {
      const version = registry.get(package_)?.versions[position] ?? 0;
      const before = globalThis.fetch;
      globalThis.fetch = (input) => {
        const url = input instanceof Request ? input.url : input.toString();
        const isData = url.endsWith("/noarch/repodata.json");
        const response = new Response(isData ? text : "", { status: isData ? 200 : 404 });
        // It asks the answer where it came from.
        return Promise.resolve(Object.defineProperty(response, "url", { value: url }));
      };
      try {
        await simpleSolve([`p${package_} ==${version}`], ["http://127.0.0.1/channel"], ["noarch"], []);
        return true;
      } catch (error) {
        if (String(error).includes("solve")) return false;
        throw error;
      } finally {
        globalThis.fetch = before;
      }
    },
  };
}
