import { expect, test } from "vitest";
import { parsePackageArgument } from "../../src/cli/package-argument.ts";

test.each([
  ["express", undefined, "express", undefined, []],
  ["npm:@scope/name@^1 || ^2", "npm", "@scope/name", "^1 || ^2", []],
  ["npm:@scope/name", "npm", "@scope/name", undefined, []],
  ["cargo:serde@1.0", "cargo", "serde", "1.0", []],
  ["pypi:httpx[socks, http2]>=0.27,<1", "pypi", "httpx", ">=0.27,<1", ["socks", "http2"]],
  ["pypi:httpx ~= 0.27", "pypi", "httpx", "~= 0.27", []],
  ['opam:dune@>= "3.0"', "opam", "dune", '>= "3.0"', []],
  ["pkg:npm/%40scope/name@1.2.3", "npm", "@scope/name", "1.2.3", []],
  ["npm:vite@latest", "npm", "vite", "latest", []],
])("%s", (text, ecosystem, name, range, features) => {
  expect(parsePackageArgument(text)).toEqual({ ecosystem, name, range, features });
});

test.each(["", "@", "npm:", "npm:x@", "a[b", "x y z[", ">=1"])("%j names no package", (text) => {
  expect(() => parsePackageArgument(text)).toThrow("names no package");
});
