import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ecosystems as loaders } from "../../src/ecosystems/index.ts";
import { parseLock } from "../../src/lockfile/read-lock.ts";
import { formatLock } from "../../src/lockfile/write-lock.ts";
import { readConfiguration } from "../../src/workspace/read-configuration.ts";

const root = join(import.meta.dirname, "..", "..");

function read(...path: readonly string[]): string {
  return readFileSync(join(root, ...path), "utf8");
}

/** The content of the first fenced block of a language. */
function codeBlock(text: string, language: string): string {
  const block = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "m").exec(text)?.[1];
  if (block === undefined) throw new Error(`there is no ${language} in the document`);
  return block;
}

/** The part of a document below a heading. */
function section(text: string, heading: string): string {
  const [, rest = ""] = text.split(`\n### \`[${heading}]\`\n`);
  return rest.split(/^##/m)[0] ?? "";
}

test("docs/errors.md explains exactly the codes that there are", () => {
  const codes = [...read("src", "model", "enki-error.ts").matchAll(/^ {2}\| "([a-z-]+)"/gm)].map(([, code]) => code);
  const explained = [...read("docs", "errors.md").matchAll(/^## ([a-z-]+)$/gm)].map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(10);
  expect(explained).toEqual(codes);
});

test("every error in docs/errors.md has a remedy and an exit status", () => {
  const sections = read("docs", "errors.md").split(/^## /m).slice(1);
  const errors = sections.filter((text) => !text.startsWith("Hints\n"));
  expect(errors.length).toBeGreaterThan(10);
  for (const text of errors) expect(text).toMatch(/Status (?:1|2|130)\./);
});

test("the example in docs/lockfile.md is a lock, in its canonical form", () => {
  const example = codeBlock(read("docs", "lockfile.md"), "json");
  expect(formatLock(parseLock(example))).toBe(example);
});

test("the example in docs/configuration.md is accepted, with everything in it", async () => {
  const loaded = await Promise.all([...loaders].map(async ([id, load]) => [id, await load()] as const));
  const ecosystems = new Map(loaded);
  const example = codeBlock(read("docs", "configuration.md"), "toml");
  const { configuration, diagnostics } = readConfiguration(example, ecosystems, "/project");
  expect(diagnostics).toEqual([]);
  expect(configuration).toMatchObject({
    name: "island",
    resolution: { versions: "highest", timeoutSeconds: 300 },
    outputs: { locks: true, installScripts: ["better-sqlite3"] },
  });
  expect([...(configuration?.dependencies.keys() ?? [])].toSorted()).toEqual([...ecosystems.keys()].toSorted());
  expect(configuration?.edges).toHaveLength(2);
});

test("docs/configuration.md lists every setting of every ecosystem", async () => {
  const text = read("docs", "configuration.md");
  for (const [id, load] of loaders) {
    const ecosystem = await load();
    const table = section(text, ecosystem.toolCandidates === undefined ? id : "nixpkgs");
    const missing = (ecosystem.settings ?? []).filter(({ name }) => !table.includes(`\`${name}\``));
    expect(missing.map(({ name }) => `[${id}] ${name}`)).toEqual([]);
    const values = (ecosystem.settings ?? []).flatMap((setting) => setting.values ?? []);
    expect(values.filter((value) => !table.includes(`\`${value}\``))).toEqual([]);
  }
});

test("docs/configuration.md lists every variable that the sources read", () => {
  const text = read("docs", "configuration.md");
  const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  const variables = new Set(sources.flatMap((name) => read("src", name).match(/\bENKI_[A-Z_]*[A-Z]\b/g) ?? []));
  expect(variables.size).toBeGreaterThan(8);
  expect([...variables].filter((name) => !text.includes(`\`${name}`))).toEqual([]);
});
