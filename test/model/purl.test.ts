import { expect, test } from "vitest";
import { formatPurl, parsePurl } from "../../src/model/purl.ts";

test.each([
  ["pkg:npm/%40scope/x@1.0.0", { ecosystem: "npm", name: "@scope/x", version: "1.0.0" }],
  ["pkg:npm/%40scope/x", { ecosystem: "npm", name: "@scope/x" }],
  ["pkg:cargo/serde@1.0.0%2Bbuild", { ecosystem: "cargo", name: "serde", version: "1.0.0+build" }],
  ["pkg:opam/dns@9.0~rc1", { ecosystem: "opam", name: "dns", version: "9.0~rc1" }],
  ["pkg:pypi/__proto__@1%212.0", { ecosystem: "pypi", name: "__proto__", version: "1!2.0" }],
])("%s", (text, purl) => {
  expect(formatPurl(purl)).toBe(text);
  expect(parsePurl(text)).toEqual(purl);
});

test("a scope may be written plainly", () => {
  expect(parsePurl("pkg:npm/@scope/x@1.0.0")).toEqual({ ecosystem: "npm", name: "@scope/x", version: "1.0.0" });
  expect(parsePurl("pkg:npm/@scope/x")).toEqual({ ecosystem: "npm", name: "@scope/x" });
});

test.each(["", "npm/x", "pkg:npm", "pkg:npm/", "pkg:npm/x@", "pkg:npm/%zz", "pkg:npm/x?a=b"])("%j is none", (text) => {
  expect(parsePurl(text)).toBeUndefined();
});

test("lone surrogates do not stop a report", () => {
  expect(formatPurl({ ecosystem: "npm", name: "a\uD800" })).toBe("pkg:npm/a%EF%BF%BD");
});
