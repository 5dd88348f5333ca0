import { describe, expect, it } from "vitest";

import { cargo } from "../../../../src/ecosystems/cargo/index.ts";
import type { Diagnostic } from "../../../../src/model/diagnostic.ts";
import { memoryFiles } from "../helpers/index-builder.ts";

/** What reading a project's first manifest reports. */
function diagnose(files: Readonly<Record<string, string>>): readonly Diagnostic[] {
  const system = memoryFiles([], files);
  const [path = ""] = Object.keys(files);
  const bytes = system.readFile(`/project/${path}`) ?? new Uint8Array();
  const reading = cargo.readManifest(path, bytes, { projectDirectory: "/project", files: system });
  const hasError = reading.diagnostics.some(({ severity }) => severity === "error");
  // With an error there is no manifest, and without one there is.
  expect(reading.manifest === undefined).toBe(hasError);
  return reading.diagnostics;
}

/** A diagnostic as a reader sees it. */
function show({ severity, message, origin, sourceLine = "", help }: Diagnostic): string {
  const { file = "", line = 0, column = 0, length = 0 } = origin ?? {};
  const underline = `${" ".repeat(Math.max(0, column - 1))}${"^".repeat(length)}`;
  const lines = [`${severity}: ${message}`, `  ${file}:${line}:${column}`, `  ${sourceLine}`, `  ${underline}`];
  if (help !== undefined) lines.push(`  help: ${help}`);
  return lines.join("\n");
}

const header = '[package]\nname = "search"\nversion = "0.1.0"\nedition = "2021"\n';

describe("errors in manifests", () => {
  it.each([
    "",
    "v1",
    "1 || 2",
    "1 - 2",
    ">=1 <2",
    "1.0,",
    "~>1.2",
    ">*",
    "=*",
    "^*",
    "1.2.*-alpha",
    "\\t1",
    "01.2",
    "latest",
  ])("the requirement `%s`, with its place", (text) => {
    for (const entry of [`serde = "${text}"`, `serde = { version = "${text}", features = ["derive"] }`]) {
      const [diagnostic, second] = diagnose({ "Cargo.toml": `${header}[dependencies]\n${entry}\n` });
      expect(second).toBeUndefined();
      expect(diagnostic).toMatchObject({
        code: "cargo-invalid-requirement",
        severity: "error",
        sourceLine: entry,
        origin: { file: "Cargo.toml", line: 6 },
      });
      expect(diagnostic?.origin?.column).toBeGreaterThan(entry.indexOf('"'));
    }
    expect(
      show(diagnose({ "Cargo.toml": `${header}[dependencies]\nserde = "${text}"\n` })[0] ?? neverHappens),
    ).toMatchSnapshot();
  });

  it.each([
    ["TOML syntax", `${header}[dependencies\n`],
    ["no package", "[dependencies]\n"],
    ["no name", '[package]\nversion = "0.1.0"\n'],
    ["a bad name", '[package]\nname = "a b"\n'],
    ["a bad version", '[package]\nname = "a"\nversion = "1.0"\n'],
    ["an unknown edition", '[package]\nname = "a"\nedition = "2023"\n'],
    ["rust-version below the edition", '[package]\nname = "a"\nedition = "2024"\nrust-version = "1.70"\n'],
    ["rust-version with an operator", `${header}rust-version = ">=1.70"\n`],
    ["rust-version with a pre-release", `${header}rust-version = "1.70.0-beta"\n`],
    ["rust-version as a range", `${header}rust-version = "1.*"\n`],
    ["wrong types", `${header}links = 3\n[dependencies]\nserde = 1\nlog = { version = 1, features = "std" }\n`],
    ["two sources", `${header}[dependencies]\na = { path = "a", git = "https://git.example/a" }\n`],
    [
      "two git references",
      `${header}[dependencies]\na = { git = "https://git.example/a", tag = "v1", branch = "main" }\n`,
    ],
    ["a missing path dependency", `${header}[dependencies]\na = { path = "a" }\n`],
    ["an optional dev-dependency", `${header}[dev-dependencies]\na = { version = "1", optional = true }\n`],
    ["a feature without meaning", `${header}[features]\nfast = ["simd"]\n`],
    ["a feature on itself", `${header}[features]\nfast = ["fast"]\n`],
    ["a weak entry on a required dependency", `${header}[dependencies]\na = "1"\n[features]\nf = ["a?/x"]\n`],
    ["a bad target", `${header}[target.'cfg(all(unix)'.dependencies]\na = "1"\n`],
    ["inheriting without a workspace", `${header}[dependencies]\na = { workspace = true }\n`],
    ["inheriting what is not there", `${header}[workspace]\n[dependencies]\na = { workspace = true }\n`],
    ["a missing member", `${header}[workspace]\nmembers = ["gone"]\n`],
    ["an unknown resolver", `${header}resolver = "9"\n`],
    ["a replacement of no certain version", `${header}[replace]\n"foo:1.0" = { path = "foo" }\n`],
    ["a replacement that requires a version", `${header}[replace]\n"foo:1.0.0" = { path = "foo", version = "1" }\n`],
    ["a replacement from a registry", `${header}[replace]\n"foo:1.0.0" = "1.0.0"\n`],
    [
      "a replacement by another crate",
      `${header}[replace]\n"foo:1.0.0" = { git = "https://g.example/f", package = "g" }\n`,
    ],
    ["a replacement beside a patch", `${header}[replace]\n[patch.crates-io]\n`],
    ["old table names in a new edition", '[package]\nname = "a"\nedition = "2024"\n[dev_dependencies]\nb = "1"\n'],
  ])("%s", (_name, text) => {
    const diagnostics = diagnose({ "Cargo.toml": text });
    expect(diagnostics.some(({ severity }) => severity === "error")).toBe(true);
    for (const { code, origin } of diagnostics) {
      expect(code).toMatch(/^(?:cargo|toml)-/u);
      expect(origin?.file).toBe("Cargo.toml");
      expect(origin?.line).toBeGreaterThan(0);
      expect(origin?.column).toBeGreaterThan(0);
    }
    expect(diagnostics.map(show).join("\n")).toMatchSnapshot();
  });

  it("warns about keys that cargo does not know, where they stand", () => {
    const text = `${header}licence = "MIT"\n[dependencies]\na = { version = "1", feature = ["x"] }\n[dependancies]\nb = "1"\n`;
    const diagnostics = diagnose({ "Cargo.toml": text });
    expect(diagnostics.map(show).join("\n")).toMatchSnapshot();
    expect(diagnostics.every(({ severity }) => severity === "warning")).toBe(true);
  });

  it("reports what is wrong in a member, in the member's file", () => {
    const diagnostics = diagnose({
      "Cargo.toml": '[workspace]\nmembers = ["crates/*"]\n[workspace.dependencies]\nlog = "0.4"\n',
      "crates/a/Cargo.toml":
        '[package]\nname = "a"\n[dependencies]\nlog = { workspace = true }\nserde = { workspace = true }\n',
    });
    expect(diagnostics.map(show).join("\n")).toMatchSnapshot();
  });

  it("is not confused by names that every object inherits", () => {
    const text = `${header}[dependencies]\n__proto__ = "1"\nconstructor = "1"\ntoString = "1"\n[features]\nhasOwnProperty = []\n`;
    expect(diagnose({ "Cargo.toml": text })).toEqual([]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

const neverHappens: Diagnostic = { code: "", severity: "note", message: "no diagnostic" };

it("a replacement must be the version that it replaces", () => {
  const diagnostics = diagnose({
    "Cargo.toml":
      '[package]\nname = "a"\nversion = "1.0.0"\nedition = "2021"\n[replace]\n"foo:1.0.0" = { path = "foo" }\n',
    "foo/Cargo.toml": '[package]\nname = "foo"\nversion = "1.0.1"\nedition = "2021"\n',
  });
  expect(diagnostics.map(show)).toMatchInlineSnapshot(`
    [
      "error: foo 1.0.0 is replaced by \`foo\`, which holds foo 1.0.1
      Cargo.toml:6:15
      "foo:1.0.0" = { path = "foo" }
                    ^^^^^^^^^^^^^^^^
      help: a replacement has the name and version of what it replaces; [patch] allows other versions",
    ]
  `);
});
