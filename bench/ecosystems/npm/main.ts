/**
 * Time to a lock, and what is in it: Enki, npm, pnpm and bun over the frozen registry on loopback, in one run.
 * `npm run bench:npm -- [--project p2]... [--runs 3]`. Cold: empty caches, no lock. Warm: same caches, no lock.
 * The best of the runs is shown; compare columns of one run only. Needs `npm run build` and ../shared/data/npm.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { sharedNpmData } from "../../../test/ecosystems/npm/shared-scenarios.ts";
import { availableRivals, lockSize, runOnce, type Rival } from "./rivals.ts";

const projects = ["p1-express", "p2-vite-react", "p4-toolchain", "p5-nest", "p7-cra-legacy"];
const { values } = parseArgs({
  options: { project: { type: "string", multiple: true }, runs: { type: "string", default: "3" } },
});

async function startServer(): Promise<{ url: string; stop(): void }> {
  const script = fileURLToPath(new URL("serve.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", script], { stdio: ["ignore", "pipe", "inherit"] });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => resolve(chunk.toString().trim()));
    child.on("close", () => reject(new Error("the registry did not start")));
  });
  return { url, stop: () => void child.kill() };
}

interface Row {
  readonly tool: string;
  cold: number;
  warm: number;
  note: string;
}

async function measure(
  rival: Rival,
  packageJson: string,
  scratch: string,
  registry: string,
  runs: number,
): Promise<Row> {
  const row: Row = { tool: rival.name, cold: Infinity, warm: Infinity, note: "" };
  for (let run = 0; run < runs; run++) {
    const directory = join(scratch, `${rival.name}-${run}`);
    const cache = join(scratch, `${rival.name}-${run}-cache`);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, "package.json"), packageJson);
    for (const kind of ["cold", "warm"] as const) {
      for (const file of [rival.lockFile, "enki.lock"]) rmSync(join(directory, file), { force: true });
      const { ms, output } = await runOnce(rival, { directory, cache, registry });
      if (ms === undefined) return { ...row, note: `failed: ${output.trim().split("\n").at(-1)?.slice(0, 80) ?? ""}` };
      row[kind] = Math.min(row[kind], ms);
    }
    const size = lockSize(rival, directory);
    row.note = size === undefined ? "" : `${size.folders} folders, ${size.versions} versions`;
  }
  return row;
}

function seconds(ms: number): string {
  return (ms === Infinity ? "-" : `${(ms / 1000).toFixed(2)} s`).padStart(9);
}

async function main(): Promise<void> {
  if (!existsSync(sharedNpmData)) {
    console.log("skipped: ../shared/data/npm is not there");
    return;
  }
  const server = await startServer();
  const scratch = mkdtempSync(join(tmpdir(), "enki-bench-npm-"));
  const rivals = availableRivals();
  for (const project of projects.filter((name) => values.project?.some((only) => name.startsWith(only)) ?? true)) {
    console.log(`\n${project}`);
    const packageJson = readFileSync(join(sharedNpmData, "projects", `${project}.json`), "utf8");
    for (const rival of rivals) {
      const row = await measure(rival, packageJson, join(scratch, project), server.url, Number(values.runs));

      console.log(`  ${row.tool.padEnd(5)} cold ${seconds(row.cold)}  warm ${seconds(row.warm)}  ${row.note}`);
    }
  }
  rmSync(scratch, { recursive: true, force: true });
  server.stop();
}

await main();
