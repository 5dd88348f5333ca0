import { expect, test } from "vitest";
import { pypi } from "../../../src/ecosystems/pypi/index.ts";
import { answer, MemoryIndex, projects, pythons, solve, type Problem } from "./memory-index.ts";

async function selected(
  table: Parameters<typeof projects>[0],
  problem: Problem,
): Promise<Readonly<Record<string, string>> | undefined> {
  return answer(await solve(new MemoryIndex(projects(table)), problem));
}

test("takes the newest admissible versions, and backtracks", async () => {
  const table = {
    a: { "1.0": { requires: ["b<2"] }, "2.0": { requires: ["b>=2", "c"] } },
    b: { "1.0": {}, "2.0": {} },
    c: { "1.0": { requires: ["b<2"] } },
  };
  expect(await selected(table, { requires: ["a"] })).toEqual({ a: "1.0", b: "1.0" });
  expect(await selected(table, { requires: ["a>=2"] })).toBeUndefined();
});

test("extras belong to the version of their distribution", async () => {
  const table = {
    a: { "1.0": { extras: { fast: ["b==1.0"] } }, "2.0": { extras: { fast: ["b==2.0"], other: [] } } },
    b: { "1.0": {}, "2.0": {} },
  };
  expect(await selected(table, { requires: ["a[fast]", "b<2"] })).toEqual({ a: "1.0", b: "1.0" });
  expect(await selected(table, { requires: ["a[Fast]"] })).toEqual({ a: "2.0", b: "2.0" });
});

test("markers are evaluated for the target", async () => {
  const table = {
    a: { "1.0": { requires: ['b; sys_platform == "darwin"', 'c; python_version >= "3.12"'] } },
    b: { "1.0": {} },
    c: { "1.0": {} },
  };
  expect(await selected(table, { requires: ["a"] })).toEqual({ a: "1.0", c: "1.0" });
  expect(await selected(table, { requires: ["a"], system: "aarch64-darwin", python: "3.11.4" })).toEqual({
    a: "1.0",
    b: "1.0",
  });
});

test("an upper bound of requires-python is ignored unless asked for", async () => {
  const table = { a: { "1.0": { requiresPython: ">=3.8" }, "2.0": { requiresPython: ">=3.8,<3.12" } } };
  expect(await selected(table, { requires: ["a"] })).toEqual({ a: "2.0" });
  expect(await selected(table, { requires: ["a"], settings: { "python-upper-bounds": true } })).toEqual({ a: "1.0" });
});

/** A service whose nixpkgs has these Pythons. */
const offered = (...versions: string[]): NonNullable<Problem["extra"]> => ({
  ecosystems: new Map([
    ["nix", pythons(versions)],
    ["pypi", pypi],
  ]),
});

test("wheels for an older Python only: another toolchain is tried, and is what the wheels are for", async () => {
  const table = projects({ a: { "1.0": { wheelTags: ["cp311-cp311-manylinux_2_17_x86_64"] } } });
  const result = await solve(new MemoryIndex(table), { requires: ["a"], extra: offered("3.12.1", "3.11.4") });
  expect(answer(result)).toEqual({ a: "1.0" });
  expect(result.kind === "resolved" ? result.resolution.targets.map(({ tools }) => tools["python"]) : []).toEqual([
    "3.11.4",
  ]);
  expect((await solve(new MemoryIndex(table), { requires: ["a"], extra: offered("3.12.1", "3.13.0") })).kind).toBe(
    "unsatisfiable",
  );
});
