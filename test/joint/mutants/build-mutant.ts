import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import type * as Checks from "../../helpers/check-scenario.ts";
import type * as Scenarios from "../../helpers/scenario.ts";
import type { Mutant } from "./mutants.ts";

const root = join(import.meta.dirname, "..", "..", "..");

/** The scenarios and their checks over a changed source. */
export type Subject = Pick<typeof Checks, "mismatches" | "resolveScenario"> & Pick<typeof Scenarios, "readScenarios">;

/**
 * Bundles the scenarios with a copy of the source in which `changes` are made, and loads it. Throws when a text that is
 * to be replaced is not there exactly once.
 */
export async function buildMutant(changes: Mutant["changes"], outfile: string): Promise<Subject> {
  const entry = ["check-scenario", "scenario"].map((name) => `export * from "./test/helpers/${name}.ts";`).join("\n");
  await build({
    stdin: { contents: entry, resolveDir: root, loader: "ts" },
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    logLevel: "silent",
    plugins: [changedSource(new Map(changes.map(([file]) => [join(root, "src", file), changes])))],
    outfile,
  });
  return (await import(pathToFileURL(outfile).href)) as Subject;
}

/** Applies changes, and keeps each module's idea of where it lies: data is read from beside it. */
function changedSource(changes: ReadonlyMap<string, Mutant["changes"]>): Plugin {
  return {
    name: "changed-source",
    setup(bundle) {
      bundle.onLoad({ filter: /\.m?[jt]s$/ }, ({ path }) => {
        if (path.includes("node_modules")) return undefined;
        const mine = (changes.get(path) ?? []).filter(([file]) => path === join(root, "src", file));
        const text = mine.reduce(
          (before, [file, find, replacement]) => {
            const [start = "", end, ...more] = before.split(find);
            if (end === undefined || more.length > 0) throw new Error(`src/${file} has not exactly one: ${find}`);
            return `${start}${replacement}${end}`;
          },
          readFileSync(path, "utf8"),
        );
        const contents = text
          .replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path).href))
          .replaceAll("import.meta.dirname", JSON.stringify(dirname(path)));
        return { contents, loader: path.endsWith("ts") ? "ts" : "js" };
      });
    },
  };
}
