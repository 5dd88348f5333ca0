import { describe, expect, it } from "vitest";

import type { Packages } from "../../scripts/registry-layouts.mjs";
import { registryFiles } from "../../scripts/registry-layouts.mjs";
import { EnkiError } from "../../src/model/enki-error.ts";
import { loadAll, resolveSample, samplePackages, samples } from "./samples.ts";

const bytes = 100_000;
const pieces = [
  " ",
  "1.",
  "||",
  "-",
  "(",
  ")",
  ",",
  "<",
  ">=",
  "^",
  "*",
  "x.",
  "a",
  "=",
  "!",
  "&",
  "|",
  '"',
  "{",
  "[",
  "~",
  "\\",
  "é",
  "0",
  "1.0.0 ",
];

/** Milliseconds that a call takes, whatever it throws on purpose. */
function timeOf(call: () => unknown): number {
  const started = performance.now();
  try {
    call();
  } catch (error) {
    if (!(error instanceof EnkiError)) throw error;
  }
  return performance.now() - started;
}

describe("hostile ranges and versions", { timeout: 120_000 }, () => {
  it.each([...samples.keys(), "nix"])("linear_time: %s reads 100 KB of one piece without getting lost", async (id) => {
    const ecosystem = (await loadAll()).get(id);
    expect(ecosystem).toBeDefined();
    const slow: string[] = [];
    for (const piece of pieces) {
      for (const prefix of ["", "1", ">=1"]) {
        const text = prefix + piece.repeat(Math.ceil(bytes / piece.length));
        for (const [what, call] of [
          ["range", () => ecosystem?.rangeAdmits(text, "1.0.0")],
          ["version", () => ecosystem?.rangeAdmits("*", text)],
          ["both", () => ecosystem?.rangeAdmits(`>=${text}`, text)],
        ] as const) {
          const ms = timeOf(call);
          if (ms > 1000) slow.push(`${what} ${JSON.stringify(prefix + piece)}: ${Math.round(ms)} ms`);
        }
      }
    }
    expect(slow).toEqual([]);
  });

  it.each([...samples.keys()])("linear_time: %s reads a requirement of 100 KB in the registry", async (id) => {
    const sample = samples.get(id);
    if (sample === undefined) throw new Error(id);
    const slow: string[] = [];
    for (const piece of pieces) {
      const text = JSON.stringify(piece.repeat(Math.ceil(bytes / piece.length))).slice(1, -1);
      const honest = registryFiles(id, samplePackages(sample));
      // Every range of the first package is replaced by the hostile one.
      const registry = new Map(
        [...honest].map(([path, content]) => [
          path,
          typeof content === "string"
            ? content.replaceAll(/(?<=[">])(?:\^1\.0\.0|\^1|>=1|>= "1")(?=["\n ])/gu, text)
            : content,
        ]),
      );
      const started = performance.now();
      await resolveSample(id, sample.manifest(sample.names), registry).catch((error: unknown) => {
        if (!(error instanceof EnkiError)) throw error;
      });
      const ms = performance.now() - started;
      if (ms > 2000) slow.push(`${JSON.stringify(piece)}: ${Math.round(ms)} ms`);
    }
    expect(slow).toEqual([]);
  });
});

/** A version that no tool could use, and its facts. */
const badVersions: readonly (readonly [string, string, Readonly<Record<string, unknown>>])[] = [
  ["npm", "1.9.x", {}],
  ["pypi", "1.9.0", { requires: ["!!! not a requirement"] }],
  ["cargo", "1.9.0", { deps: [{ name: "x", req: "not a requirement" }] }],
  ["opam", "1.9.0", { depends: "[ unclosed" }],
];

describe("one bad version", () => {
  it.each(badVersions)("bad_version: %s passes over it and takes the next one", async (id, version, facts) => {
    const sample = samples.get(id);
    if (sample === undefined) throw new Error(id);
    const [first, second] = sample.names;
    const packages: Packages = {
      [first]: { "1.0.0": sample.facts([second]) },
      [second]: { "1.0.0": sample.facts([]), [version]: { ...sample.facts([]), ...facts } },
    };
    const { result } = await resolveSample(id, sample.manifest([first]), registryFiles(id, packages));
    const ids =
      result?.kind === "resolved" ? result.resolution.packages.map((package_) => package_.id) : [result?.kind];
    expect(ids).toContain(`${id}:${second}@1.0.0`);
  });
});
