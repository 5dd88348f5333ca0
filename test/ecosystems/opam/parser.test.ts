import { describe, expect, it } from "vitest";
import { parseOpamFile, parseOpamDocument, parseOpamValue } from "../../../src/ecosystems/opam/file/parser.ts";
import { printItem, printValue } from "../../../src/ecosystems/opam/file/printer.ts";
import { plainItem } from "./plain-ast.ts";

function parsed(text: string): unknown {
  return parseOpamDocument(text).items.map(plainItem);
}

describe("the opam parser", () => {
  it("reads fields, sections and comments", () => {
    const text = `
# a comment
opam-version: "2.0" (* another (* nested *) one *)
depends: [ "a" {>= "1" & < "2"} "b" | "c" ]
url "main" { src: "https://example.org/a.tgz" checksum: [ "md5=0" ] }
`;
    expect(parsed(text)).toEqual([
      ["opam-version", "2.0"],
      [
        "depends",
        {
          list: [
            { opt: "a", c: [{ logop: "&", l: { prelop: ">=", a: "1" }, r: { prelop: "<", a: "2" } }] },
            { logop: "|", l: "b", r: "c" },
          ],
        },
      ],
      {
        section: "url",
        name: "main",
        items: [
          ["src", "https://example.org/a.tgz"],
          ["checksum", { list: ["md5=0"] }],
        ],
      },
    ]);
  });

  it("gives operators their precedence", () => {
    expect(parsed('x: "a" & "b" | "c" & !d {e}')).toEqual([
      [
        "x",
        {
          logop: "|",
          l: { logop: "&", l: "a", r: "b" },
          r: { logop: "&", l: "c", r: { pfx: "!", a: { opt: { id: "d" }, c: [{ id: "e" }] } } },
        },
      ],
    ]);
  });

  it("reads identifiers, numbers and environment updates", () => {
    expect(parsed('x: [_:name a+b:installed -12 1_000 PATH += "bin" true 0install-x os-version >= 9]')).toEqual([
      [
        "x",
        {
          list: [
            { id: "_:name" },
            { id: "a+b:installed" },
            -12,
            1000,
            { env: "+=", l: { id: "PATH" }, r: "bin" },
            true,
            { id: "0install-x" },
            { relop: ">=", l: { id: "os-version" }, r: 9 },
          ],
        },
      ],
    ]);
  });

  it("reads escapes, long texts and line ends of other systems", () => {
    expect(parsed('x: "a\\"b\\\\ \\n \\195\\169 \\xc3\\xa9 \\\n   c"')).toEqual([["x", 'a"b\\ \n é é c']]);
    expect(parsed('x: """say "hi" \\"""" y: 1')).toEqual([
      ["x", 'say "hi" "'],
      ["y", 1],
    ]);
    expect(parsed('x: "a\r\nb"\r\ny: true\r\n')).toEqual([
      ["x", "a\nb"],
      ["y", true],
    ]);
  });

  it("prints what it reads back to the same value", () => {
    const text =
      'x: [("a" {>= "1" & (os = "linux" | !?b)} | "b\\"\\n" {}) [make "-j" jobs {jobs > 1}] PATH =+ "x"]\nsection "s" {\n  y: 1\n}\n';
    const { items } = parseOpamDocument(text);
    expect(items.map(printItem).join("")).toBe(text);
    const chain = '"a" & "b" & "c" | "d"';
    expect(printValue(parseOpamValue(chain))).toBe(chain);
  });

  it("survives long chains and refuses deep nesting", () => {
    const names = Array.from({ length: 20_000 }, (_, index) => `"p${index}"`);
    expect(parseOpamFile("x.opam", `depends: ${names.join(" | ")}`).diagnostics).toEqual([]);
    const deep = `depends: ${"(".repeat(100_000)}`;
    expect(parseOpamFile("x.opam", deep).diagnostics[0]?.message).toBe("brackets nest too deeply here");
  });
});

describe("syntax errors of opam files", () => {
  const cases: readonly (readonly [string, string, number, number, number, string])[] = [
    ["an open list", 'opam-version: "2.0"\ndepends: [\n  "a"\n', 2, 10, 1, "this `[` is never closed"],
    ["an open text", 'depends: [\n  "a {>= 1}\n]\n', 2, 3, 1, "this text is never closed"],
    ["a missing value", "depends:\nbuild: []\n", 2, 6, 1, "expected a field such as `depends:`, found :"],
    ["a stray bracket", "depends: []]\n", 1, 12, 1, "expected a field such as `depends:`, found ]"],
    ["a missing colon", 'depends ["a"]\n', 1, 1, 7, "expected `:` or `{` after `depends`"],
    ["an unquoted version", 'depends: ["a" {>= 1.2}]\n', 1, 19, 3, "versions stand in double quotes"],
    ["a wrong closing bracket", 'depends: ["a" {>= "1"]]\n', 1, 22, 1, "expected a value or `}`, found ]"],
    ["an open comment", 'x: 1 (* what\n"a"\n', 1, 6, 2, "this comment is never closed"],
    ["a file that stops", "x: ", 1, 2, 1, "the file ends where a value for `x` is expected"],
  ];

  it.each(cases)("%s", (_title, text, line, column, length, message) => {
    const { document, diagnostics } = parseOpamFile("dns.opam", text);
    expect(document).toBeUndefined();
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]).toMatchObject({
      code: "opam-syntax",
      severity: "error",
      message,
      origin: { file: "dns.opam", line, column, length },
      sourceLine: text.split("\n")[line - 1],
    });
  });
});
