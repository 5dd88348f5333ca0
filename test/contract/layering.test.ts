import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");

/** A file in `from` that imports `specifier`, which the layers forbid. */
const forbidden: readonly (readonly [from: string, specifier: string])[] = [
  ["solver", "../model/origin.ts"],
  ["solver", "node:fs"],
  ["solver", "semver"],
  ["model", "../net/http-client.ts"],
  ["model", "../ecosystems/ecosystem.ts"],
  ["model", "node:fs"],
  ["formats", "../net/http-client.ts"],
  ["formats", "undici"],
  ["net", "../ecosystems/ecosystem.ts"],
  ["net", "../lockfile/write-lock.ts"],
  ["net", "semver"],
  ["ecosystems/cargo", "../npm/index.ts"],
  ["ecosystems/cargo", "../index.ts"],
  ["ecosystems/cargo", "semver"],
  ["ecosystems/npm", "../pypi/index.ts"],
  ["ecosystems/npm", "undici"],
  ["ecosystems/npm", "../../lockfile/write-lock.ts"],
  ["ecosystems/pypi", "../../resolve/verify.ts"],
  ["ecosystems/opam", "../../nix-emit/index.ts"],
  ["ecosystems/opam", "@iarna/toml"],
  ["ecosystems/nix", "../../cli/main.ts"],
  ["lockfile", "../nix-emit/index.ts"],
  ["lockfile", "../ecosystems/npm/index.ts"],
  ["workspace", "../cli/main.ts"],
  ["nix-emit", "../net/http-client.ts"],
  ["nix-emit", "../ecosystems/ecosystem.ts"],
  ["nix-emit", "../solver/index.ts"],
  ["report", "../ecosystems/npm/index.ts"],
  ["report", "../net/http-client.ts"],
  ["resolve", "../ecosystems/npm/index.ts"],
  ["resolve", "../cli/main.ts"],
  ["resolve", "../nix-emit/index.ts"],
  ["cli", "../ecosystems/npm/index.ts"],
  ["cli", "undici"],
];

describe("the layers", () => {
  let project = "";
  let report = "";

  beforeAll(() => {
    project = mkdtempSync(path.join(tmpdir(), "enki-layers-"));
    const config: unknown = JSON.parse(readFileSync(path.join(root, ".oxlintrc.json"), "utf8"));
    // The rules under test need no types, and the probes have no project that could give them any.
    writeFileSync(path.join(project, ".oxlintrc.json"), JSON.stringify({ ...Object(config), options: {} }));
    forbidden.forEach(([from, specifier], index) => {
      mkdirSync(path.join(project, "src", from), { recursive: true });
      const probe = `import * as imported from "${specifier}";\nexport const probe: unknown = imported;\n`;
      writeFileSync(path.join(project, "src", from, `probe-${index}.ts`), probe);
    });
    try {
      const oxlint = path.join(root, "node_modules/.bin/oxlint");
      report = execFileSync(oxlint, ["--format", "unix"], { cwd: project, encoding: "utf8", stdio: "pipe" });
    } catch (error) {
      report = String(Object(error).stdout);
    }
  });

  afterAll(() => rmSync(project, { recursive: true, force: true }));

  it.each(forbidden.map(([from, specifier], index) => ({ from, specifier, index })))(
    "src/$from may not import $specifier",
    ({ from, index }) => {
      const lines = report.split("\n").filter((line) => line.includes(`src/${from}/probe-${index}.ts:`));
      expect(lines.join("\n")).toContain("no-restricted-imports");
    },
  );
});

describe("the list of ecosystems", () => {
  it("is the only place outside their folders that loads one", () => {
    const ids = readdirSync(path.join(root, "src/ecosystems"), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
    expect(ids.length).toBeGreaterThan(0);
    const offenders: string[] = [];
    for (const entry of readdirSync(path.join(root, "src"), { recursive: true, withFileTypes: true })) {
      const file = path.relative(path.join(root, "src"), path.join(entry.parentPath, entry.name)).replaceAll("\\", "/");
      if (!entry.isFile() || !file.endsWith(".ts") || file === "ecosystems/index.ts") continue;
      if (ids.some((id) => file.startsWith(`ecosystems/${id}/`))) continue;
      const text = readFileSync(path.join(root, "src", file), "utf8");
      if (ids.some((id) => new RegExp(`ecosystems/${id}/`, "u").test(text))) offenders.push(file);
    }
    expect(offenders).toEqual([]);
  });
});
