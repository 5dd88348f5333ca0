import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";

import type { Packages } from "../../scripts/registry-layouts.mjs";
import { writeRegistry } from "../../scripts/registry-layouts.mjs";
import { samples } from "../contract/samples.ts";
import { nixIsMissing } from "../helpers/nix-instantiate.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { enki, ensureBuilt, readText } from "./built-cli.ts";

beforeAll(() => ensureBuilt());

/** Names that every JavaScript object inherits and that are legal everywhere. */
const names = ["constructor", "hasOwnProperty", "toString", "valueOf", "then"];

describe.each([...samples])("hostile names: %s", { timeout: 120_000 }, (id, sample) => {
  it("go through resolve, tree, picture and Nix under their own names", async () => {
    const directory = temporaryDirectory();
    const project = join(directory, "project");
    mkdirSync(project);
    const packages: Record<string, Packages[string]> = Object.create(null);
    for (const [index, name] of names.entries()) {
      const next = names[index + 1];
      packages[name] = { "1.0.0": sample.facts(next === undefined ? [] : [next]) };
    }
    writeRegistry(join(directory, "registry"), id, packages);
    writeFileSync(join(project, sample.manifestFile), sample.manifest([names[0] ?? ""]));
    writeFileSync(join(project, "enki.toml"), `[registries]\n${id} = "../registry"\n`);
    const run = (...words: string[]) => enki(words, { directory: project });
    const resolved = await run("resolve", "--offline");
    expect(resolved).toMatchObject({ status: 0 });
    expect(await run("check")).toMatchObject({ status: 0 });
    const nix = await run("nix");
    expect(nix).toMatchObject({ status: 0 });
    const pictures = ["dot", "mermaid", "html"].map((format) => run("graph", "--format", format));
    const trees = await Promise.all([run("tree"), run("tree", "--json"), ...pictures]);
    expect(trees.map(({ status }) => status)).toEqual([0, 0, 0, 0, 0]);
    const folder = join(project, "nix", "enki");
    const emitted = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((file) => file.isFile())
      .map((file) => join(file.parentPath, file.name));
    const texts = new Map([
      ["enki.lock", readText(project, "enki.lock")],
      ["nix", emitted.map((file) => readText(file)).join("\n")],
      ...trees.map(({ stdout }, index) => [`tree ${index}`, stdout] as const),
    ]);
    const shown = names.map((name) => (id === "pypi" ? name.toLowerCase() : name));
    const missing = [...texts].flatMap(([where, text]) =>
      shown.flatMap((name) => (text.includes(name) ? [] : [`${where}: ${name}`])),
    );
    expect(missing).toEqual([]);
    if (nixIsMissing) return;
    for (const file of emitted.filter((path) => path.endsWith(".nix"))) {
      execFileSync("nix-instantiate", ["--parse", file], { stdio: "ignore" });
    }
  });
});
