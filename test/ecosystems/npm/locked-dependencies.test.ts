import { expect, it } from "vitest";

import type { Resolution } from "../../../src/model/resolution.ts";
import { resolveProject, summary, type SyntheticProject, type SyntheticRegistry } from "./npm-project.ts";

async function resolved(project: SyntheticProject, previous?: Resolution): Promise<[string, Resolution]> {
  const result = await resolveProject(project, previous === undefined ? {} : { previous });
  if (result.kind !== "resolved") throw new Error(result.kind);
  return [summary(result), result.resolution];
}

const tagged = (latest: string): SyntheticRegistry => ({
  a: { latest, v: { "1.0.0": {}, "2.0.0": {} } },
  b: { v: { "1.0.0": {} } },
  c: { v: { "1.0.0": { dependencies: { a: "latest" } } } },
});

const several = (more: object): SyntheticRegistry => ({
  lib: { v: { "1.0.0": {}, "1.1.0": {}, ...more } },
  old: { v: { "1.0.0": { dependencies: { lib: "1.0.0" } } } },
  new: { v: { "1.0.0": { dependencies: { lib: "1.1.0" } } } },
  any: { v: { "1.0.0": { dependencies: { lib: "*" } } } },
  gone: { v: { "1.0.0": {} } },
});

it("a tag leads where it led before, until it is asked for anew", async () => {
  const dependencies = { a: "latest", c: "1" };
  const [first, previous] = await resolved({ packageJson: { dependencies }, registry: tagged("1.0.0") });
  expect(first).toBe("a@1.0.0 c@1.0.0");
  const more = { packageJson: { dependencies: { ...dependencies, b: "1" } }, registry: tagged("2.0.0") };
  expect((await resolved(more, previous))[0]).toBe("a@1.0.0 b@1.0.0 c@1.0.0");
  const forgotten = { ...previous, packages: previous.packages.filter(({ name }) => name !== "a") };
  expect((await resolved(more, forgotten))[0]).toBe("a@2.0.0 b@1.0.0 c@1.0.0");
  const other = { ...more, packageJson: { dependencies: { ...more.packageJson.dependencies, a: "npm:a@latest" } } };
  expect((await resolved(other, previous))[0]).toBe("a@1.0.0 b@1.0.0 c@1.0.0");
});

it("each dependency keeps its own version where a lock holds several of a name", async () => {
  const dependencies = { old: "1", any: "1" };
  const before = { packageJson: { dependencies: { ...dependencies, gone: "1" } }, registry: several({}) };
  const [first, previous] = await resolved(before);
  expect(first).toBe("any@1.0.0 gone@1.0.0 lib@1.0.0 old@1.0.0");
  const after = { packageJson: { dependencies: { ...dependencies, new: "1" } }, registry: several({ "2.0.0": {} }) };
  const [second, then] = await resolved(after, previous);
  expect(second).toBe("any@1.0.0 lib@1.0.0 new@1.0.0 new/lib@1.1.0 old@1.0.0");
  expect(
    (
      await resolved(
        { ...after, packageJson: { dependencies: { ...after.packageJson.dependencies, gone: "1" } } },
        then,
      )
    )[0],
  ).toBe("any@1.0.0 gone@1.0.0 lib@1.0.0 new@1.0.0 new/lib@1.1.0 old@1.0.0");
});

it("an optional dependency that was not to be had is done without, until it is asked for anew", async () => {
  const packageJson = { dependencies: { tool: "1" } };
  const tool = { v: { "1.0.0": { optionalDependencies: { extra: "^1.0.0" } } } };
  const [first, previous] = await resolved({ packageJson, registry: { tool } });
  // What stands in the lock for it bears the version that the range begins with.
  expect(first).toBe("extra@1.0.0:optional tool@1.0.0");
  const registry = { tool, extra: { v: { "1.0.0": {}, "1.2.0": {} } } };
  const [second, then] = await resolved({ packageJson, registry }, previous);
  expect([second, then.packages]).toEqual([first, previous.packages]);
  const forgotten = { ...previous, packages: previous.packages.filter(({ name }) => name !== "extra") };
  expect((await resolved({ packageJson, registry }, forgotten))[0]).toBe("extra@1.2.0:optional tool@1.0.0");
  // Whoever cannot do without it gets it.
  const needed = { packageJson: { dependencies: { tool: "1", extra: "1" } }, registry };
  expect((await resolved(needed, previous))[0]).toBe("extra@1.2.0 tool@1.0.0");
});
