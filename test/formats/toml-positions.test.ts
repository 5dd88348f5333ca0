import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { tomlPlaces } from "../../src/formats/toml-positions.ts";

describe("the scanner of places", () => {
  it("ends on every text, and notes nothing outside of it", () => {
    const piece = fc.constantFrom(
      "[",
      "]",
      "[[",
      "{",
      "}",
      "=",
      ",",
      ".",
      '"',
      "'",
      '"""',
      "'''",
      "\\",
      "#",
      "\n",
      "\r",
      " ",
      "a",
      "é",
      "1",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const text = pieces.join("");
        const spans = [...tomlPlaces(text).values()].flatMap(({ key, value }) => [key, value]);
        const outside = spans.filter((span) => span !== undefined && span.offset + span.length > text.length);
        expect(outside).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });
});
