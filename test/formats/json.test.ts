import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { parseJsonDocument } from "../../src/formats/json.ts";

const text = `{
  "name": "web",
  "dependencies": {
    "express": "^4.18.0",
    "@scope/x": [1, {"deep": null}]
  }
}
`;

describe("a JSON document", () => {
  const { document } = parseJsonDocument("web/package.json", text);

  it("knows where keys and values stand", () => {
    expect(document?.originOf(["dependencies", "express"])).toEqual({
      file: "web/package.json",
      line: 4,
      column: 16,
      length: 9,
    });
    expect(document?.originOf(["dependencies", "express"], "key")).toMatchObject({ line: 4, column: 5, length: 9 });
    expect(document?.originOf(["dependencies", "@scope/x", 1, "deep"])).toMatchObject({
      line: 5,
      column: 30,
      length: 4,
    });
    expect(document?.originOf(["dependencies"])).toMatchObject({ line: 3, column: 19, length: 1 });
    expect(document?.originOf(["dependencies", "nothing"])).toBeUndefined();
    expect(document?.originOf(["name", 0])).toBeUndefined();
  });

  it("is built of objects without a prototype", () => {
    const reading = parseJsonDocument("x.json", '{"__proto__": {"polluted": 1}, "constructor": 2, "then": 3}');
    expect(Object.keys(reading.document?.value ?? {})).toEqual(["__proto__", "constructor", "then"]);
    expect(reading.diagnostics).toEqual([]);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });

  it("lets the last of repeated keys win, with a warning at it", () => {
    const { document: repeated, diagnostics } = parseJsonDocument("x.json", '{"a": 1,\n "a": 2}');
    expect(repeated?.value).toEqual({ a: 2 });
    expect(repeated?.originOf(["a"])).toMatchObject({ line: 2, column: 7 });
    expect(diagnostics).toMatchObject([
      { code: "json-duplicate-key", severity: "warning", origin: { line: 2, column: 2 } },
    ]);
  });

  it("ignores a byte-order mark", () => {
    expect(parseJsonDocument("x.json", "\uFEFF{}").document?.value).toEqual({});
  });

  it("shows where an error is", () => {
    expect(parseJsonDocument("package.json", '{\n  "a": 1\n  "b": 2\n}').diagnostics).toMatchObject([
      { code: "json-syntax", message: "comma expected", origin: { line: 3, column: 3 }, sourceLine: '  "b": 2' },
    ]);
  });

  it.each([
    "",
    "  ",
    "{",
    '{"a":1,}',
    "[1,]",
    "// c\n{}",
    "{'a':1}",
    "{a:1}",
    "01",
    "1 2",
    '"\t"',
    '"\\x"',
    "nul",
    "\u00a0{}",
  ])("refuses %j", (bad) => {
    const reading = parseJsonDocument("x.json", bad);
    expect(reading.document).toBeUndefined();
    expect(reading.diagnostics[0]?.code).toBe("json-syntax");
  });

  it("refuses nesting beyond the limit without a stack overflow", () => {
    expect(parseJsonDocument("x.json", "[".repeat(200_000)).diagnostics[0]?.code).toBe("json-nesting");
    expect(parseJsonDocument("x.json", '"[[[[" '.repeat(1)).document?.value).toBe("[[[[");
  });

  it("has comments and last commas in the other dialect, and everything at its place", () => {
    const commented = '{ // [[["\n  /* " */ "a//b": ["/*", 1,],\n}';
    expect(parseJsonDocument("x.json", commented).diagnostics[0]?.code).toBe("json-syntax");
    const reading = parseJsonDocument("x.json", commented, "jsonc");
    expect([reading.document?.value, reading.diagnostics]).toEqual([{ "a//b": ["/*", 1] }, []]);
    expect(reading.document?.originOf(["a//b", 1])).toMatchObject({ line: 2, column: 26 });
    for (const broken of ["[1,,]", "[1", "{a: 1}", "/*", "// 1", '{"a" 1}']) {
      expect(parseJsonDocument("x.json", broken, "jsonc").diagnostics[0]?.code).toBe("json-syntax");
    }
    expect(parseJsonDocument("x.json", `//\r${"[".repeat(200_000)}`, "jsonc").diagnostics[0]?.code).toBe(
      "json-nesting",
    );
    expect(parseJsonDocument("x.json", "[/**/".repeat(200_000), "jsonc").diagnostics[0]?.code).toBe("json-nesting");
    expect(parseJsonDocument("x.json", `[ // ${"[".repeat(2000)}\n]`, "jsonc").document?.value).toEqual([]);
  });

  it("reads what the engine reads, and nothing else", () => {
    const mutation = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom("", ",", "{", "]", '"', "\\", "0", "/", ":", "e"))
      .map(([json, at, piece]) => {
        const cut = at % (json.length + 1);
        return json.slice(0, cut) + piece + json.slice(cut + (piece === "" ? 1 : 0));
      });
    fc.assert(
      fc.property(fc.oneof(fc.json(), mutation), (json) => {
        let expected: unknown;
        let isValid = true;
        try {
          expected = JSON.parse(json);
        } catch {
          isValid = false;
        }
        const { document: read } = parseJsonDocument("x.json", json);
        expect(read !== undefined).toBe(isValid);
        expect(JSON.stringify(read?.value)).toBe(JSON.stringify(expected));
      }),
    );
  });
});
