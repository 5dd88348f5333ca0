import { describe, expect, it } from "vitest";
import { opam } from "../../../src/ecosystems/opam/index.ts";
import { parseRange, rangeAdmits } from "../../../src/ecosystems/opam/range.ts";
import type { TableEntry } from "../../../src/ecosystems/ecosystem.ts";
import { memoryFiles } from "./memory-files.ts";

const context = { projectDirectory: "/project", files: memoryFiles({}) };

function read(path: string, text: string): ReturnType<typeof opam.readManifest> {
  return opam.readManifest(path, Buffer.from(text), context);
}

describe("opam manifests", () => {
  it("are files called opam or something.opam", () => {
    expect(["opam", "x.opam", "a-b.opam"].every((name) => opam.isManifest(name))).toBe(true);
    expect([".opam", "x.opam.locked", "opam.toml", "package.json"].some((name) => opam.isManifest(name))).toBe(false);
  });

  it("list their requirements as written, with places", () => {
    const text = `opam-version: "2.0"
depends: [
  "ocaml" {>= "4.14" & build}
  ("a" | "b" {with-test})
]
depopts: "c"
`;
    const { manifest, diagnostics } = read("dns/dns.opam", text);
    expect(diagnostics).toEqual([]);
    expect(manifest).toMatchObject({ ecosystem: "opam", file: "dns/dns.opam", name: "dns", version: "dev" });
    expect(manifest?.requirements).toEqual([
      {
        name: "ocaml",
        range: '>= "4.14" & build',
        kind: "runtime",
        origin: { file: "dns/dns.opam", line: 3, column: 3, length: 27 },
      },
      { name: "a", range: "*", kind: "runtime", origin: { file: "dns/dns.opam", line: 4, column: 4, length: 3 } },
      {
        name: "b",
        range: "with-test",
        kind: "runtime",
        origin: { file: "dns/dns.opam", line: 4, column: 10, length: 15 },
      },
      { name: "c", range: "*", kind: "optional", origin: { file: "dns/dns.opam", line: 6, column: 10, length: 3 } },
    ]);
  });

  it("take their name from a field, the file or the directory", () => {
    expect(read("x/a.opam", 'name: "b"\nversion: "2"').manifest).toMatchObject({ name: "b", version: "2" });
    expect(read("x/opam", "").manifest?.name).toBe("x");
  });

  it("with bad syntax, a wrong type or an unknown format are errors with a place", () => {
    const cases: readonly (readonly [string, string, number])[] = [
      ['depends: ["a"', "opam-syntax", 1],
      ['opam-version: "2.0"\ndepends: [a]', "opam-ill-typed-field", 2],
      ['opam-version: "3.0"', "opam-unknown-format", 1],
    ];
    for (const [text, code, line] of cases) {
      const { manifest, diagnostics } = read("a.opam", text);
      expect(manifest).toBeUndefined();
      expect(diagnostics).toMatchObject([{ code, severity: "error", origin: { file: "a.opam", line } }]);
      expect(diagnostics[0]?.sourceLine).toBe(text.split("\n")[line - 1]);
    }
  });
});

function entry(name: string, range: string): TableEntry {
  return { name, range, features: [], origin: { file: "enki.toml", line: 3, column: 1, length: 4 } };
}

describe("the table of enki.toml", () => {
  it("becomes a manifest that keeps the places", () => {
    const { manifest } = opam.readDependencyTable([entry("dns-server", ">= 9.0")], context);
    expect(manifest?.requirements).toEqual([
      { name: "dns-server", range: ">= 9.0", kind: "runtime", origin: entry("", "").origin },
    ]);
  });

  it("with a bad range is an error at its place", () => {
    const { manifest, diagnostics } = opam.readDependencyTable([entry("a", ">= 9.0 &")], context);
    expect(manifest).toBeUndefined();
    expect(diagnostics).toMatchObject([{ code: "opam-invalid-range", origin: { line: 3 } }]);
  });
});

describe("opam ranges", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["*", "1", true],
    ["", "1", true],
    ['>= "1.0" & < "2.0"', "1.5", true],
    [">= 1.0 & < 2.0", "2.0", false],
    [">= 1.0, < 2.0", "1.0~rc1", false],
    ["1.0", "1.0", true],
    ["1.0", "1.1", false],
    ["= 1.0 | >= 3", "3.1", true],
    ["!(>= 2)", "1", true],
    ["!= 5.5.0+options", "5.5.0+options", false],
    [">= 3.0~", "3.0~beta", true],
    ["> 1~~", "1~", true],
    ["< v0.17", "v0.16.3", true],
  ];

  it.each(cases)("%s on %s: %s", (range, version, expected) => {
    expect(rangeAdmits(range, version)).toBe(expected);
  });

  it.each([">=", "a b", "{>= 1}", "^1.2", ">= 1 &&", "os = linux"])("refuses %s", (range) => {
    expect(() => parseRange(range)).toThrow("is not a range of opam versions");
  });
});
