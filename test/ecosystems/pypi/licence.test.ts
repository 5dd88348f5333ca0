import { expect, test } from "vitest";
import { licenceOf } from "../../../src/ecosystems/pypi/licence.ts";

const mit = "License :: OSI Approved :: MIT License";

test.each([
  ["the expression wins", { expression: "mit or isc", words: "BSD", classifiers: [mit] }, "MIT OR ISC"],
  ["an expression that SPDX does not know stays", { expression: "Our-Own" }, "Our-Own"],
  ["words may be an expression", { words: "apache-2.0", classifiers: [mit] }, "Apache-2.0"],
  ["one classifier says more than words", { words: "The MIT License", classifiers: [mit] }, "MIT"],
  ["a classifier alone", { classifiers: ["License :: OSI Approved", mit, "Framework :: Django"] }, "MIT"],
  ["two leave a doubt", { words: "dual", classifiers: [mit, "License :: OSI Approved :: BSD License"] }, "dual"],
  ["one that leaves the variant open", { classifiers: ["License :: OSI Approved :: BSD License"] }, undefined],
  ["a whole text is of no use", { words: `Permission is hereby granted\n${"x".repeat(200)}` }, undefined],
] as const)("%s", (_what, fields, expected) => {
  expect(licenceOf({ expression: undefined, words: undefined, classifiers: [], ...fields })).toBe(expected);
});
