import { expect, test } from "vitest";
import { didYouMean, suggestWord } from "../../src/model/suggestion.ts";

const commands = ["resolve", "tree", "why", "check", "graph", "cache"];

test.each([
  ["reslove", "resolve"],
  ["chek", "check"],
  ["gaph", "graph"],
  ["TREE", "tree"],
  ["wyh", "why"],
  ["install", undefined],
  ["", undefined],
  ["x".repeat(1000), undefined],
])("%s -> %s", (written, meant) => {
  expect(suggestWord(written, commands)).toBe(meant);
});

test("the sentence", () => {
  expect(didYouMean("tre", commands)).toBe('did you mean "tree"?');
  expect(didYouMean("deploy", commands)).toBeUndefined();
});
