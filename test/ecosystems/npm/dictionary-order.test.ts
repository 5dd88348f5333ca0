import { array, assert, constantFrom, property, string } from "fast-check";
import { describe, expect, it } from "vitest";

import { compareInDictionary } from "../../../src/ecosystems/npm/dictionary-order.ts";

const byCollator = (left: string, right: string): number => left.localeCompare(right, "en");

describe("the order of npm's locks", () => {
  it("is that of localeCompare for pairs of any two printable ASCII characters", () => {
    const characters = Array.from({ length: 0x7f - 0x20 }, (_, index) => String.fromCodePoint(0x20 + index));
    for (const left of characters) {
      for (const right of characters) {
        for (const [one, other] of [
          [left, right],
          [`a${left}b`, `a${right}A`],
          [`A${left}`, `a${right}`],
        ] as const) {
          const expected = Math.sign(byCollator(one, other));
          expect(Math.sign(compareInDictionary(one, other)), `${one} ${other}`).toBe(expected);
        }
      }
    }
  });

  it("is that of localeCompare for any text", () => {
    const names = array(
      constantFrom("a", "A", "b", "B", "-", "_", ".", "/", "@", "1", "é", "\u0301", "\t", "ß", "ss"),
      {
        maxLength: 8,
      },
    ).map((parts) => parts.join(""));
    for (const text of [names, string({ unit: "binary-ascii" }), string({ unit: "grapheme" })]) {
      assert(
        property(text, text, (left, right) => {
          expect(Math.sign(compareInDictionary(left, right))).toBe(Math.sign(byCollator(left, right)));
        }),
        { numRuns: 2000 },
      );
    }
  });
});
