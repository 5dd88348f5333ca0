/**
 * Time to a lock, and what is in it: Enki, npm, pnpm and bun over the frozen registry on loopback, in one run.
 * `npm run bench:npm -- [--project p2]... [--runs 3] [--delay 0]`. Cold: empty caches, no lock. Warm: same caches, no lock, and what
 * answers Enki remembers forgotten, so that it solves like the others. Known: the same with them. Again: same caches, and
 * the lock of the run before, with nothing changed. "fetch" is no tool: see only-fetch.mjs.
 * With --delay, each answer of the registry waits so many milliseconds.
 * The best of the runs is shown, and in brackets how many times Enki's it is; the tools take turns. Compare within one run. Needs `npm run build` and ../shared/data/npm.
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
  options: {
    project: { type: "string", multiple: true },
    runs: { type: "string", default: "3" },
    delay: { type: "string", default: "0" },
  },
});

async function startServer(): Promise<{ url: string; stop(): void }> {
  const script = fileURLToPath(new URL("serve.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", script, values.delay], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => resolve(chunk.toString().trim()));
    child.on("close", () => reject(new Error("the registry did not start")));
  });
  return { url, stop: () => void child.kill() };
}

const kinds = ["cold", "warm", "known", "again"] as const;

interface Row {
  readonly rival: Rival;
  /** Milliseconds, the best so far. */
  readonly best: Record<(typeof kinds)[number], number>;
  note: string;
  hasFailed: boolean;
}

/** One run of each kind of a tool; keeps the best of all so far. */
async function measureOnce(row: Row, packageJson: string, scratch: string, registry: string): Promise<void> {
  const { rival } = row;
  const directory = join(scratch, rival.name);
  const cache = join(scratch, `${rival.name}-cache`);
  rmSync(cache, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "package.json"), packageJson);
  for (const kind of kinds) {
    if (kind !== "cold" && rival.isColdOnly === true) return;
    if (kind === "known" && rival.answers === undefined) continue;
    if (kind === "warm" && rival.answers !== undefined) rmSync(join(cache, rival.answers), { recursive: true });
    if (kind !== "again") {
      for (const file of [rival.lockFile, "enki.lock"]) {
        if (file !== "") rmSync(join(directory, file), { force: true });
      }
    }
    const { ms, output } = await runOnce(rival, { directory, cache, registry });
    if (ms === undefined) {
      row.hasFailed = true;
      row.note = `failed: ${output.trim().split("\n").at(-1)?.slice(0, 80) ?? ""}`;
      return;
    }
    row.best[kind] = Math.min(row.best[kind], ms);
  }
  const size = lockSize(rival, directory);
  row.note = size === undefined ? "" : `${size.folders} folders, ${size.versions} versions`;
}

/** `12.34 s (3.1)`: the time, and how many times Enki's that is. */
function shown(ms: number, enkiMs: number): string {
  if (ms === Infinity) return "-".padStart(16);
  return `${(ms / 1000).toFixed(2)} s (${(ms / enkiMs).toFixed(2)})`.padStart(16);
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
    const rows: Row[] = rivals.map((rival) => ({
      rival,
      best: { cold: Infinity, warm: Infinity, known: Infinity, again: Infinity },
      note: "",
      hasFailed: false,
    }));
    // All tools in turn, so that they share the machine's good and bad moments.
    for (let run = 0; run < Number(values.runs); run++) {
      for (const row of rows) {
        if (!row.hasFailed) await measureOnce(row, packageJson, join(scratch, project), server.url);
      }
    }
    const [enki] = rows;
    for (const { rival, best, note } of rows) {
      // A rival without remembered answers does in that case what it does with warm caches.
      const of = { ...best, known: Math.min(best.known, best.warm) };
      const times = kinds.map((kind) => `${kind} ${shown(of[kind], enki?.best[kind] ?? 1)}`);
      console.log(`  ${rival.name.padEnd(5)} ${times.join("  ")}  ${note}`);
    }
  }
  rmSync(scratch, { recursive: true, force: true });
  server.stop();
}

await main();
