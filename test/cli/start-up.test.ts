import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import type { CommandResult } from "./built-cli.ts";
import { enki, readText } from "./built-cli.ts";

/** A loader hook that writes the URL of everything that is loaded to a file. */
const recorder = `
import { appendFileSync } from "node:fs";
export async function load(url, context, next) {
  appendFileSync(process.env.LOADED_MODULES, url + "\\n");
  return next(url, context);
}
`;

/** The modules that a bundle is made of: esbuild names each before its code. */
function modulesOf(url: string): readonly string[] {
  if (!url.startsWith("file:") || !url.includes("/dist/bin/")) return [url];
  const text = readFileSync(fileURLToPath(url), "utf8");
  return [...text.matchAll(/^ *\/\/ (?:\.\.\/)*((?:[\w.-]+\/)*(?:src|node_modules)\/\S+\.\w+)$/gm)].map(
    ([, path]) => path ?? "",
  );
}

/** The modules that a command line loads, of Enki and of third parties. */
async function loadedBy(arguments_: readonly string[]): Promise<{ result: CommandResult; loaded: readonly string[] }> {
  const directory = temporaryDirectory();
  const hook = join(directory, "hook.mjs");
  const list = join(directory, "loaded.txt");
  writeFileSync(hook, recorder);
  writeFileSync(list, "");
  const register = `data:text/javascript,import { register } from "node:module"; register(${JSON.stringify(`file://${hook}`)});`;
  const result = await enki(arguments_, {
    directory,
    environment: { LOADED_MODULES: list },
    nodeArguments: ["--import", register],
  });
  const loaded = readText(list).split("\n").flatMap(modulesOf);
  return { result, loaded };
}

/** Hiding secrets in messages is a small file of `net` without imports; it may be there from the start. */
const heavy =
  /node_modules\/(?:undici|pacote|@npmcli|@iarna|jsonc-parser|semver|lru-cache|@viz-js)\/|src\/(?:ecosystems|net(?!\/redact\.ts)|formats|solver|resolve|nix-emit)\//;

test.each([[["--help"]], [["resolve", "--help"]], [["--version"]], [["reslove"]]])(
  "enki %j loads neither registries nor parsers",
  async (arguments_) => {
    const { loaded } = await loadedBy(arguments_);
    expect(loaded.filter((url) => heavy.test(url))).toEqual([]);
    expect(loaded.some((url) => url.endsWith("src/cli/main.ts"))).toBe(true);
    expect(loaded.some((url) => url.includes("node_modules/commander/"))).toBe(true);
  },
);

test("the recorder sees what commands load", async () => {
  const { loaded, result } = await loadedBy(["resolve"]);
  expect(result.status).toBe(2);
  expect(loaded.some((url) => url.includes("node_modules/@iarna/toml/"))).toBe(true);
});

test("help starts with examples, on stdout", async () => {
  const { result } = await loadedBy(["--help"]);
  expect(result.status).toBe(0);
  expect(result.stderr).toBe("");
  expect(result.stdout.startsWith("Examples:\n  enki resolve")).toBe(true);
});
