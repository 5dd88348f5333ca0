import { expect, test } from "vitest";
import { neutralise, neutraliseLines } from "../../src/model/neutralise.ts";

test.each([
  ["left-pad", "left-pad"],
  ["é 漢字 😀", "é 漢字 😀"],
  ["a\u001B[2Jb", "a\\u{1b}[2Jb"],
  ["a\nb\tc\r", "a\\u{a}b\\u{9}c\\u{d}"],
  ["x\u202Egnp.exe", "x\\u{202e}gnp.exe"],
  ["zero\u200Bwidth\uFEFF", "zero\\u{200b}width\\u{feff}"],
  ["c1 \u009B31m", "c1 \\u{9b}31m"],
  ["lone \uD83D end", "lone \\u{d83d} end"],
  ["tag \u{E0041}", "tag \\u{e0041}"],
])("%j", (text, shown) => {
  expect(neutralise(text)).toBe(shown);
});

test("lines stay lines", () => {
  expect(neutraliseLines("a\nb\u0007\n")).toBe("a\nb\\u{7}\n");
});
