import { describe, expect, it } from "vitest";

import { memoryFiles, release } from "./helpers/index-builder.ts";
import { resolveCargo } from "./helpers/resolve-cargo.ts";
import { rootManifest } from "./helpers/run-case.ts";

describe("weak features", () => {
  const weak = [
    release("a 1.0.0", [{ on: "b ^1", optional: true }], { features: { fast: ["b?/fast"] } }),
    release("b 1.0.0", ["c ^1"], { features: { fast: [] } }),
    release("c 1.0.0"),
  ];

  it.each([
    ["lock", ["a", "b", "c", "root"]],
    ["omit", ["a", "root"]],
  ])("are in the lock, as in cargo's, unless they are not wanted: %s", async (setting, names) => {
    const result = await resolveCargo({
      projectDirectory: "/project",
      registries: [{ kind: "path", path: "/registry" }],
      files: memoryFiles(weak, { "Cargo.toml": rootManifest([{ on: "a ^1", features: ["fast"] }]) }),
      request: { options: { settings: new Map([["weak-features", setting]]) } },
    });
    if (result.kind !== "resolved") throw new Error(result.kind);
    expect(result.violations).toEqual([]);
    const lock = result.locks.find(({ path }) => path === "Cargo.lock")?.content ?? "";
    expect([...lock.matchAll(/^name = "(.*)"$/gm)].map(([, name]) => name)).toEqual(names);
  });
});
