import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { compareBytewise } from "../../src/formats/bytewise.ts";
import { printCanonicalJson } from "../../src/formats/canonical-json.ts";

describe("canonical JSON", () => {
  it("sorts keys by code point and ends with a line feed", () => {
    expect(printCanonicalJson({ b: [1, []], "\u{1F600}": null, "\uFFFD": true, a: {}, B: "x" })).toBe(
      '{\n  "B": "x",\n  "a": {},\n  "b": [\n    1,\n    []\n  ],\n  "\uFFFD": true,\n  "\u{1F600}": null\n}\n',
    );
    expect(printCanonicalJson({ b: [1, 2], a: "" }, 0)).toBe('{"a":"","b":[1,2]}');
  });

  it("keeps a key named __proto__", () => {
    expect(printCanonicalJson(JSON.parse('{"b":1,"__proto__":{"x":1}}'), 0)).toBe('{"__proto__":{"x":1},"b":1}');
  });

  it("says the same as the value, whatever the order of its keys", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 0, max: 4 }), (value, indent) => {
        const json = JSON.stringify(value);
        const text = printCanonicalJson(JSON.parse(json), indent);
        expect(JSON.parse(text)).toEqual(JSON.parse(json));
        expect(printCanonicalJson(JSON.parse(text), indent)).toBe(text);
      }),
    );
  });

  it("compares like the bytes of UTF-8", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "binary" }), (left, right) => {
        const expected = Buffer.compare(Buffer.from(left), Buffer.from(right));
        expect(Math.sign(compareBytewise(left, right))).toBe(expected);
      }),
    );
  });
});
