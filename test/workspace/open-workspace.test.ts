import { describe, expect, test } from "vitest";
import { openWorkspace } from "../../src/workspace/open-workspace.ts";
import { fakeEcosystems, memoryFiles } from "./fake-ecosystems.ts";

function open(contents: Readonly<Record<string, string>>, selected: readonly string[] = []) {
  return openWorkspace("/project", memoryFiles(contents), fakeEcosystems, selected);
}

function filesIn(contents: Readonly<Record<string, string>>): readonly string[] {
  return open(contents).manifests.map(({ file }) => file);
}

function hashOfTables(configuration: string): string | undefined {
  return open({ "enki.toml": configuration }).manifests[0]?.sha256;
}

describe("without enki.toml", () => {
  test("manifests are found up to two directories down, sorted", () => {
    expect(
      filesIn({
        "web/package.json": "",
        "dns/dns.opam": "",
        "services/bot/package.json": "",
        "a/b/c/package.json": "",
      }),
    ).toEqual(["dns/dns.opam", "services/bot/package.json", "web/package.json"]);
  });

  test("a manifest hides those of its own ecosystem below it", () => {
    expect(filesIn({ "package.json": "", "packages/a/package.json": "", "dns/dns.opam": "" })).toEqual([
      "dns/dns.opam",
      "package.json",
    ]);
  });

  test("what tools installed or built, hidden directories and other services are left alone", () => {
    expect(
      filesIn({
        "node_modules/a/package.json": "",
        ".cache/package.json": "",
        "_build/a.opam": "",
        "other/enki.toml": "",
        "other/package.json": "",
        "locked/enki.lock": "",
        "locked/package.json": "",
      }),
    ).toEqual([]);
  });

  test("what Enki wrote is no manifest", () => {
    expect(filesIn({ "a.opam": "# Written by Enki from enki.lock\n", "b.opam": "x" })).toEqual(["b.opam"]);
  });

  test("ecosystems that Enki can't resolve are named", () => {
    const { diagnostics } = open({ "package.json": "", Gemfile: "", "api/go.mod": "" });
    expect(diagnostics.map(({ severity, message }) => `${severity}: ${message}`)).toEqual([
      "warning: rubygems is not supported: what Gemfile requires is not part of the answer",
      "warning: go is not supported: what api/go.mod requires is not part of the answer",
    ]);
  });
});

describe("with enki.toml", () => {
  test("only the named manifests count, and tables become manifests", () => {
    const { manifests, diagnostics, hasConfigurationFile } = open({
      "enki.toml": `[service]\nmanifests = ["web/package.json"]\n[dependencies.opam]\ndns = ">= 9"\n`,
      "web/package.json": "",
      "other/package.json": "",
    });
    expect(diagnostics).toEqual([]);
    expect(hasConfigurationFile).toBe(true);
    expect(manifests.map(({ file, ecosystem }) => [file, ecosystem])).toEqual([
      ["web/package.json", "npm"],
      ["enki.toml#opam", "opam"],
    ]);
    expect(manifests[1]?.requirements).toMatchObject([{ name: "dns", range: ">= 9" }]);
  });

  test("a comment in enki.toml does not change the hash of its tables", () => {
    const table = `[dependencies.opam]\ndns = ">= 9"\n`;
    expect(hashOfTables(`# a comment\n${table}`)).toBe(hashOfTables(table));
    expect(hashOfTables(table.replace("9", "8"))).not.toBe(hashOfTables(table));
    expect(hashOfTables(table)).toMatch(/^[0-9a-f]{64}$/);
  });

  test("a manifest that is not there is named where it is asked for", () => {
    const text = `[service]\nmanifests = ["wbe/package.json"]`;
    const { diagnostics } = open({ "enki.toml": text, "web/package.json": "" });
    expect(diagnostics).toMatchObject([
      {
        code: "manifest-missing",
        message: 'there is no file "wbe/package.json"',
        origin: { file: "enki.toml", line: 2, column: 14 },
        sourceLine: 'manifests = ["wbe/package.json"]',
        help: 'did you mean "web/package.json"?',
      },
    ]);
  });

  test.each([
    ["README.md", '"README.md" is not a manifest of any ecosystem that Enki knows'],
    ["Gemfile", `rubygems is not supported, so "Gemfile" can't be resolved`],
  ])("%s is refused", (file, message) => {
    const { diagnostics, manifests } = open({ "enki.toml": `[service]\nmanifests = ["${file}"]`, [file]: "" });
    expect(manifests).toEqual([]);
    expect(diagnostics).toMatchObject([{ severity: "error", message, help: "Enki reads npm, opam, nix" }]);
  });

  test("with a broken enki.toml nothing else is read", () => {
    const { manifests, diagnostics } = open({ "enki.toml": "[", "package.json": "broken" });
    expect(manifests).toEqual([]);
    expect(diagnostics.map(({ code }) => code)).toEqual(["toml-syntax"]);
  });
});

test("a broken manifest is a diagnostic, and the others are read", () => {
  const { manifests, diagnostics } = open({ "package.json": "broken", "a.opam": "" });
  expect(manifests.map(({ file }) => file)).toEqual(["a.opam"]);
  expect(diagnostics.map(({ code }) => code)).toEqual(["npm-broken"]);
});

test("selected manifests replace all others", () => {
  const contents = { "enki.toml": "[dependencies.opam]\na='*'\n", "a.opam": "", "package.json": "" };
  expect(open(contents, ["package.json"]).manifests.map(({ file }) => file)).toEqual(["package.json"]);
  expect(open(contents, ["nothing.opam"]).diagnostics).toMatchObject([{ code: "manifest-missing" }]);
});
