import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";

import type { TextDocument } from "../../src/formats/text-document.ts";
import { parseTomlDocument } from "../../src/formats/toml.ts";

const root = join(import.meta.dirname, "..", "..");
const realLocks = join(root, "..", "shared", "data", "pypi", "real-locks");

/** TOML files of real size: the recorded facts, and real lockfiles where the shared data are at hand. */
const files = [
  ...filesBelow(join(root, "fixtures"), ".toml"),
  ...(existsSync(realLocks) ? filesBelow(realLocks, ".lock").slice(0, 6) : []),
  ...filesBelow(join(root, "examples"), ".toml"),
];

function filesBelow(directory: string, extension: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(extension))
    .map((name) => join(directory, name))
    .toSorted();
}

/** Every value of a document with its path. */
function* valuesOf(
  value: unknown,
  path: readonly (string | number)[] = [],
): Generator<readonly [typeof path, unknown]> {
  if (path.length > 0) yield [path, value];
  if (typeof value !== "object" || value === null) return;
  for (const [key, child] of Object.entries(value))
    yield* valuesOf(child, [...path, Array.isArray(value) ? Number(key) : key]);
}

/** What is wrong with the place of a value: it must be there, and the text that stands there must say the value. */
function misplaced(document: TextDocument, path: readonly (string | number)[], value: unknown): string | undefined {
  const origin = document.originOf(path);
  if (origin?.line === undefined || origin.column === undefined || origin.length === undefined) return "is nowhere";
  if (typeof value === "object" && value !== null) return undefined;
  const text = document.lineText(origin.line).slice(origin.column - 1, origin.column - 1 + origin.length);
  // Texts over several lines are shown by their first line only.
  if (/^(?:"""|''')/u.test(text)) return undefined;
  const said = parseTomlDocument("x", `value = ${text}`).document?.value;
  return JSON.stringify(said) === JSON.stringify({ value }) ? undefined : `is at ${text}`;
}

describe("places in real TOML files", () => {
  it("exist for every value, and hold what the value says", () => {
    const wrong: string[] = [];
    let checked = 0;
    for (const file of files) {
      const { document, diagnostics } = parseTomlDocument(basename(file), readFileSync(file, "utf8"));
      expect(diagnostics).toEqual([]);
      if (document === undefined) continue;
      for (const [path, value] of valuesOf(document.value)) {
        checked += 1;
        // Every place must be there; reading back every text again would take minutes.
        const problem = checked % 17 === 0 ? misplaced(document, path, value) : missing(document, path);
        if (problem !== undefined) wrong.push(`${basename(file)}: ${path.join(".")} ${problem}`);
      }
    }
    expect(wrong.slice(0, 10)).toEqual([]);
    expect(checked).toBeGreaterThan(5000);
  });
});

function missing(document: TextDocument, path: readonly (string | number)[]): string | undefined {
  return document.originOf(path) === undefined ? "is nowhere" : undefined;
}
