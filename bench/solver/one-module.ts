import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

/**
 * The solver as the command has it: all of its modules in one. V8 takes constants from other modules for variables, which
 * costs a solve up to a fifth of its time, and the rivals are single modules too.
 */
export async function solverInOneModule(): Promise<typeof import("../../src/solver/index.ts")> {
  const folder = mkdtempSync(join(tmpdir(), "enki-bench-"));
  const outfile = join(folder, "solver.mjs");
  try {
    const entry = fileURLToPath(new URL("../../src/solver/index.ts", import.meta.url));
    await build({ entryPoints: [entry], outfile, bundle: true, platform: "node", target: "node20", format: "esm" });
    return (await import(pathToFileURL(outfile).href)) as typeof import("../../src/solver/index.ts");
  } finally {
    rmSync(folder, { recursive: true });
  }
}
