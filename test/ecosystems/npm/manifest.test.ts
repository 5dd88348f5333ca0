import { describe, expect, it } from "vitest";

import { projectOf } from "../../../src/ecosystems/npm/manifest.ts";
import { parseDependencySpec } from "../../../src/ecosystems/npm/dependency-spec.ts";
import { npm } from "../../../src/ecosystems/npm/index.ts";
import { memoryFiles } from "./npm-project.ts";

function read(text: string): ReturnType<typeof npm.readManifest> {
  const files = memoryFiles(new Map([["/p/x", ""]]));
  return npm.readManifest("web/package.json", Buffer.from(text), { projectDirectory: "/p", files });
}

describe("package.json", () => {
  it("gives requirements with their places, and the engines as a requirement on node", () => {
    const { manifest } = read(
      `{\n  "name": "web",\n  "engines": { "node": ">=20" },\n  "dependencies": { "a": "^1.0.0" },\n  "devDependencies": { "b": "*" }\n}\n`,
    );
    expect(manifest?.requirements).toEqual([
      expect.objectContaining({ name: "a", range: "^1.0.0", kind: "runtime" }),
      expect.objectContaining({ name: "b", range: "*", kind: "dev" }),
    ]);
    expect(manifest?.requirements[0]?.origin).toMatchObject({
      file: "web/package.json",
      line: 4,
      column: 26,
      length: 8,
    });
    expect(manifest?.foreign).toEqual([
      expect.objectContaining({ ecosystem: "nix", name: "tool:node", range: ">=20", rangeSyntax: "npm" }),
    ]);
  });

  it.each([
    ['{"runtime":{"name":"node","version":">=22"}}', [">=22"]],
    ['{"runtime":{"name":"node","version":">=22","onFail":"warn"}}', []],
    ['{"runtime":[{"name":"node","version":">=22"},{"name":"bun"}]}', []],
    ['{"runtime":{"name":"bun","version":"1"},"packageManager":{"name":"npm"}}', []],
  ])("devEngines count where npm refuses to go on without them: %s", (devEngines, ranges) => {
    const { manifest } = read(`{"devEngines":${devEngines}}`);
    expect(manifest?.foreign.map(({ name, range }) => [name, range])).toEqual(
      ranges.map((range) => ["tool:node", range]),
    );
  });

  it.each([
    ["{}", "  ", "\n"],
    ['{ "name": "a" }\n', "  ", "\n"],
    ['{\n\t"name": "a"\n}\n', "\t", "\n"],
    ['{\r\n    "name": "a"\r\n}', "    ", "\r\n"],
  ])("gives its lock its layout: %j", (text, indentation, newline) => {
    const { manifest } = read(text);
    expect(manifest && projectOf(manifest)).toMatchObject({ indentation, newline });
  });

  it.each([
    ["{", "json-syntax"],
    ["[]", "npm-manifest"],
    ['{"dependencies":[]}', "npm-dependencies"],
    ['{"dependencies":{"a":7}}', "npm-invalid-range"],
    ['{"dependencies":{"a":"not a range!"}}', "npm-invalid-range"],
    ['{"dependencies":{"../a":"1"}}', "npm-invalid-name"],
    ['{"dependencies":{"b":"1"},"overrides":{"b":"2"}}', "npm-override-conflict"],
  ])("that is wrong is a diagnostic with its place: %s", (text, code) => {
    const { manifest, diagnostics } = read(text);
    expect(manifest).toBeUndefined();
    expect(diagnostics.map((diagnostic) => diagnostic.code)).toContain(code);
    expect(diagnostics[0]?.origin?.file).toBe("web/package.json");
  });
});

describe("dependency specifications", () => {
  it.each([
    ["^1.0.0", { kind: "range", range: "^1.0.0" }],
    ["", { kind: "range", range: "*" }],
    ["==1.0.1", { kind: "range", range: "==1.0.1" }],
    ["1 - 2 || >=3", { kind: "range", range: "1 - 2 || >=3" }],
    ["next", { kind: "tag", tag: "next" }],
    ["npm:foo@1", { kind: "range", name: "foo", range: "1", isAlias: true }],
    ["npm:@s/foo@beta", { kind: "tag", name: "@s/foo", tag: "beta", isAlias: true }],
    ["npm:@s/foo", { kind: "range", name: "@s/foo", range: "*" }],
    ["workspace:^", { kind: "range", range: "*" }],
    ["workspace:~1.2.0", { kind: "range", range: "~1.2.0" }],
    ["file:../lib", { kind: "directory", path: "../lib" }],
    ["./lib", { kind: "directory", path: "./lib" }],
    ["file:x.tgz", { kind: "file", path: "x.tgz" }],
    ["https://example.com/x.tgz", { kind: "remote" }],
    ["https://github.com/o/r", { kind: "git" }],
    ["https://github.com/o/r/archive/x.tar.gz", { kind: "remote" }],
    ["git+ssh://git@example.com/o/r.git#v1", { kind: "git" }],
    ["github:o/r", { kind: "git" }],
    ["o/r#semver:^1", { kind: "git" }],
    ["git@example.com:o/r.git", { kind: "git" }],
    ["npm:x@file:../y", { kind: "invalid" }],
    ["strange:thing", { kind: "invalid" }],
    ["two words", { kind: "invalid" }],
  ])("%j", (text, expected) => {
    expect(parseDependencySpec("x", text)).toMatchObject(expected);
  });
});
