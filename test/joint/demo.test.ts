import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeRegistry } from "../../scripts/registry-layouts.mjs";
import { parseTomlDocument } from "../../src/formats/toml.ts";
import { enki, type CommandResult } from "../cli/built-cli.ts";

const root = join(import.meta.dirname, "..", "..");
const directory = mkdtempSync(join(tmpdir(), "enki-demo-"));

function run(...arguments_: readonly string[]): Promise<CommandResult> {
  // The systems of its enki.toml count.
  return enki(arguments_, { directory, environment: { ENKI_SYSTEM: "" } });
}

/** The example service beside the recorded registries, as `npm run demo` puts them there. */
beforeAll(() => {
  cpSync(join(root, "examples", "island"), directory, {
    recursive: true,
    filter: (path) => !/island\/(?:registries|nix)(?:\/|$)/.test(path),
  });
  const facts = join(root, "fixtures", "registries");
  for (const ecosystem of readdirSync(facts)) {
    for (const file of readdirSync(join(facts, ecosystem))) {
      const { document } = parseTomlDocument(file, readFileSync(join(facts, ecosystem, file), "utf8"));
      writeRegistry(
        join(directory, "registries", ecosystem),
        ecosystem,
        document?.value as Parameters<typeof writeRegistry>[2],
      );
    }
  }
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** One edge of each kind: how the tree says it, and the two ends of its arrow in the picture. */
const edges: readonly (readonly [string, RegExp, string, string])[] = [
  [
    "requires-python",
    /nix python312 3\.12\.9 \(tool; requires-python of island-bot\)/,
    "bot/pyproject.toml 1.0.0",
    "python312 3.12.9",
  ],
  [
    "a crate inside a Python project",
    /── cargo regex 1\.11\.3 \(build; the crate that island-filter 1\.0\.0 builds\)/,
    "island-filter 1.0.0",
    "regex 1.11.3",
  ],
  [
    "the compiler of that crate",
    /── nix rustc 1\.86\.0 \(build; rust-version in Cargo\.toml of island-filter 1\.0\.0\)/,
    "island-filter 1.0.0",
    "rustc 1.86.0",
  ],
  [
    "engines.node",
    /── nix nodejs_22 22\.14\.0 \(tool; engines\.node of web\/package\.json\)/,
    "web/package.json 1.0.0",
    "nodejs_22 22.14.0",
  ],
  ["depexts", /── nix gmp 6\.3\.0 \(link; depexts of conf-gmp 5\)/, "conf-gmp 5", "gmp 6.3.0"],
  [
    "links",
    /── nix openssl 3\.4\.1 \(link; links = "openssl" of openssl-sys 0\.9\.109\)/,
    "openssl-sys 0.9.109",
    "openssl 3.4.1",
  ],
];

describe("the demo", () => {
  it("has the lock that its manifests and registries give", async () => {
    const { status, stderr } = await run("resolve", "--locked", "--offline", "--no-cache");
    expect(`${String(status)} ${stderr}`).toMatch(/^0 /);
    expect((await run("check")).status).toBe(0);
  });

  it("shows edges between ecosystems of every kind in its tree", async () => {
    const { stdout } = await run("tree");
    for (const [, words] of edges) expect(stdout).toMatch(words);
  });

  it("shows them in its picture", async () => {
    const { stdout } = await run("graph", "--format", "dot");
    const nodesOf = (label: string): readonly string[] => {
      const text = `[label="${label.replace(" ", "\\n")}`;
      return stdout.split("\n").flatMap((line) => (line.includes(text) ? (/^\s*(\w+) /.exec(line)?.[1] ?? []) : []));
    };
    for (const [kind, , from, to] of edges) {
      const arrows = nodesOf(from).flatMap((left) => nodesOf(to).map((right) => `  ${left} -> ${right} `));
      expect({ kind, isDrawn: arrows.some((arrow) => stdout.includes(arrow)) }).toEqual({ kind, isDrawn: true });
    }
  });

  it("has a bill of materials in which every package has its own name, URL and place", async () => {
    interface Component {
      readonly "bom-ref": string;
      readonly type: string;
      readonly purl?: string;
    }
    interface Dependency {
      readonly ref: string;
      readonly dependsOn: readonly string[];
    }
    const { stdout } = await run("export", "--format", "cyclonedx");
    const bill = JSON.parse(stdout) as {
      readonly components: readonly Component[];
      readonly dependencies: readonly Dependency[];
    };
    const names = ["service", ...bill.components.map((component) => component["bom-ref"])];
    const known = new Set(names);
    expect(known.size).toBe(names.length);
    expect(bill.dependencies.map(({ ref }) => ref).toSorted()).toEqual(names.toSorted());
    expect(bill.dependencies.flatMap(({ dependsOn }) => dependsOn).filter((name) => !known.has(name))).toEqual([]);
    const packages = bill.components.filter(({ type }) => type === "library");
    expect(packages.filter(({ purl }) => !/^pkg:(?:npm|pypi|cargo|opam|nix)\/[^@ ]+@[^@ ]+$/.test(purl ?? ""))).toEqual(
      [],
    );
  });
});
