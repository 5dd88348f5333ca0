import { assert, asyncProperty, constantFrom, array, integer, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { parseOpamFile } from "../../../src/ecosystems/opam/file/parser.ts";
import { EnkiError } from "../../../src/model/enki-error.ts";
import { memoryFiles } from "./memory-files.ts";
import { solveOpam, tableManifest } from "./solving.ts";

/** A file that uses everything that the format has. */
const rich = `opam-version: "2.0"
flags: [conf avoid-version]
tags: ["flags:deprecated"]
conflict-class: ["k" "l"]
available: (os = "linux" | ?x) & !(arch = "arm32")
depends: [
  "b" {>= "1" & (os != "win32" | with-test)}
  ("c" | "b" & "c" {= version} | "a" {!(< "1")})
]
depopts: ["c" {= "%{version}%.1"}]
conflicts: ["d" {< "2"} | "e"]
build: [[make "-j%{jobs}%" {b:installed} "%{b:version?x:y}%"] ["x"] {os = "linux"}]
patches: ["p" {os = "linux"}]
depexts: [["x" "y"] {os-family = "debian"} ["react"] {npm-version = "^18"}]
url { src: "https://example.org/a.tgz" checksum: ["md5=0" "sha256=zz"] }
extra-source "p" { src: "https://example.org/p" checksum: "sha512=1" }
`;

const pieces: readonly string[] = [
  ...Array.from('"{}[]()&|!?=~:#\\\n\u0000é'),
  ">=",
  "%{",
  "}%",
  '"""',
  "(*",
  "*)",
  "depends",
  "available",
  "with-test",
  "undefined",
  "true",
  "0",
  "\uD800",
  "__proto__",
];

async function solveWith(text: string): Promise<void> {
  const files = memoryFiles({
    "/repository/packages/a/a.1/opam": text,
    "/repository/packages/a/a.2/opam": text,
    "/repository/packages/b/b.2/opam": "",
    "/repository/packages/c/c.1/opam": 'depends: "constructor" | "b"',
  });
  const settings = new Map([["compiler", "none"]]);
  const outcome: unknown = await solveOpam({ manifests: [tableManifest({ a: "*" })], files, settings }).catch(
    (error: unknown) => error,
  );
  expect(outcome instanceof Error && !(outcome instanceof EnkiError) ? outcome.stack : undefined).toBeUndefined();
}

describe("hostile opam files", () => {
  it("parse or are refused with a place inside the text, whatever they hold", () => {
    assert(
      property(array(constantFrom(...pieces)), string(), (parts, tail) => {
        const text = parts.join("") + tail;
        const { document, diagnostics } = parseOpamFile("x", text);
        expect(diagnostics).toHaveLength(document === undefined ? 1 : 0);
        for (const { origin, sourceLine } of diagnostics) {
          const line = text.split("\n")[(origin?.line ?? 0) - 1];
          expect(line?.replace(/\r$/u, "")).toBe(sourceLine);
          expect(origin?.column).toBeLessThanOrEqual((sourceLine?.length ?? 0) + 1);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("never break a resolution: it ends with an answer, none, or an EnkiError", async () => {
    await assert(
      asyncProperty(
        integer({ min: 0, max: rich.length }),
        integer({ min: 0, max: 12 }),
        constantFrom(...pieces),
        (at, cut, piece) => solveWith(rich.slice(0, at) + piece + rich.slice(at + cut)),
      ),
      { numRuns: 600 },
    );
    await solveWith(rich);
  });

  it("may use the names of Object's own properties", async () => {
    const names = ["__proto__", "constructor", "toString", "hasOwnProperty"];
    const files = memoryFiles(
      Object.fromEntries([
        [
          "/repository/packages/p/p.1/opam",
          `depends: [${names.map((name) => `"${name}"`).join(" ")}]\nconflict-class: "__proto__"`,
        ],
        ...names
          .map((name) => [`/repository/packages/${name}/${name}.1/opam`, 'conflict-class: "constructor"'] as const)
          .slice(0, 1),
        ...names.slice(1).map((name) => [`/repository/packages/${name}/${name}.1/opam`, ""] as const),
      ]),
    );
    const answer = await solveOpam({
      manifests: [tableManifest({ p: "*" })],
      files,
      settings: new Map([["compiler", "none"]]),
    });
    expect(answer).toMatchObject({
      kind: "solved",
      selected: ["__proto__.1", "constructor.1", "hasOwnProperty.1", "p.1", "toString.1"],
    });
  });

  it("of one package with very many versions and dependencies are solved in time", async () => {
    const versions = Array.from({ length: 1500 }, (_, index) => [
      `/repository/packages/a/a.${index}/opam`,
      `depends: [${Array.from({ length: 20 }, (_none, other) => `"x${other}" {= "${index}"}`).join(" ")}]`,
    ]);
    const others = Array.from({ length: 20 }, (_, index) => [`/repository/packages/x${index}/x${index}.7/opam`, ""]);
    const before = process.cpuUsage();
    const answer = await solveOpam({
      manifests: [tableManifest({ a: "*" })],
      files: memoryFiles(Object.fromEntries([...versions, ...others])),
      settings: new Map([["compiler", "none"]]),
    });
    expect(answer).toMatchObject({ kind: "solved", selected: expect.arrayContaining(["a.7"]) });
    expect(process.cpuUsage(before).user).toBeLessThan(4_000_000);
  });
});
