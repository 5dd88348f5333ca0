import { describe, expect, test } from "vitest";
import { explain } from "../../../src/report/explanation/explain.ts";
import type { Resolved, ResolveResult } from "../../../src/resolve/request.ts";
import { MemoryIndex, projects, solve, type Problem } from "./memory-index.ts";
import { installedFrom } from "./pylock-reader.ts";

const table = projects({
  web: {
    "1.0": { requires: ["shared"], requiresPython: ">=3.8" },
    "2.0": { requires: ["shared>=1", 'backport; python_version < "3.11"'], requiresPython: ">=3.8" },
  },
  shared: {
    "1.0": { requiresPython: ">=3.8" },
    "2.0": { requiresPython: ">=3.10" },
    "3.0": { requiresPython: ">=3.12" },
  },
  backport: { "1.0": { requires: ['only-mac; sys_platform == "darwin"'] } },
  "only-mac": { "1.0": {} },
  native: {
    "1.0": {
      wheelTags: ["cp39", "cp310"].flatMap((tag) => [
        `${tag}-${tag}-manylinux_2_17_x86_64`,
        `${tag}-${tag}-macosx_11_0_arm64`,
      ]),
    },
    "2.0": { wheelTags: ["cp312-cp312-manylinux_2_17_x86_64", "cp312-cp312-macosx_11_0_arm64"] },
  },
  calm: { "1.0": {}, "2.0": {} },
});

async function resolve(requires: readonly string[], pythons: readonly string[], extra: Partial<Problem> = {}) {
  const index = new MemoryIndex(table);
  const result = await solve(index, {
    requires,
    settings: { pythons: [...pythons] },
    extra: { systems: ["x86_64-linux", "aarch64-darwin"] },
    ...extra,
  });
  return { index, result };
}

function resolved(result: ResolveResult): Resolved {
  if (result.kind !== "resolved") throw new Error(result.kind);
  expect(result.violations).toEqual([]);
  return result;
}

function lockText(result: Resolved, name: string): string {
  return result.locks.find(({ path }) => path === name)?.content ?? "";
}

function installed(text: string, python: string, system: string): Readonly<Record<string, string>> {
  return installedFrom(text, { python, system });
}

test("one lock for several Pythons and systems: one version of a name on each, the same where that can be", async () => {
  const { result } = await resolve(["web", "native", "calm"], ["3.9", "3.10"]);
  const text = lockText(resolved(result), "pylock.toml");
  expect(installed(text, "3.12", "x86_64-linux")).toEqual({ web: "2.0", shared: "3.0", native: "2.0", calm: "2.0" });
  expect(installed(text, "3.9", "x86_64-linux")).toEqual({
    web: "2.0",
    shared: "1.0",
    backport: "1.0",
    native: "1.0",
    calm: "2.0",
  });
  expect(text).toContain('marker = "python_version < \\"3.11\\""');
});

test("pages and metadata are asked for once, for however many Pythons", async () => {
  const { index } = await resolve(["web", "calm"], ["3.9", "3.10"], { extra: { systems: ["x86_64-linux"] } });
  expect(new Set(index.requests).size).toBe(index.requests.length);
});

describe("markers", () => {
  test("say no more than is needed", async () => {
    const { result } = await resolve(["web", "calm"], ["3.9", "3.10"]);
    const text = lockText(resolved(result), "pylock.toml");
    expect(installed(text, "3.10", "aarch64-darwin")).toEqual({
      web: "2.0",
      shared: "2.0",
      backport: "1.0",
      "only-mac": "1.0",
      calm: "2.0",
    });
    expect(text).not.toMatch(/name = "(?:web|calm)"\nversion = "[0-9.]+"\nmarker/);
    const requirements = lockText(resolved(result), "requirements.lock.txt");
    expect(requirements).toContain('backport==1.0 ; python_version < "3.11"');
    expect(requirements).toContain('shared==1.0 ; python_version < "3.10"');
    expect(requirements).toContain('shared==2.0 ; python_version == "3.10"');
    expect(requirements).toContain('shared==3.0 ; python_version >= "3.12"');
    expect(requirements).toContain('only-mac==1.0 ; sys_platform == "darwin" and python_version < "3.11"');
  });
});

function own(result: ResolveResult): unknown {
  return resolved(result).resolution.instances.filter(({ environment }) => environment === "run");
}

test("an older Python takes nothing from the service's own", async () => {
  const alone = await resolve(["web", "calm"], []);
  const together = await resolve(["web", "calm"], ["3.9"]);
  expect(own(together.result)).toEqual(own(alone.result));
});

test("a Python without an answer is named in the explanation", async () => {
  const { result } = await resolve(["shared>=2"], ["3.9"]);
  if (result.kind !== "unsatisfiable") throw new Error(result.kind);
  const { text } = explain(result.derivation, result.narrator);
  expect(text).toContain("shared");
  expect(text).toContain("python 3.9");
});

test("what was locked for each Python stays", async () => {
  const first = resolved((await resolve(["shared<3", "web"], ["3.9"])).result);
  const again = await resolve(["shared", "web"], ["3.9"], {
    extra: { systems: ["x86_64-linux", "aarch64-darwin"], previous: first.resolution },
  });
  expect(lockText(resolved(again.result), "pylock.toml")).toBe(lockText(first, "pylock.toml"));
});

test.each([
  [["3"], "no version of Python"],
  [["3.9", "3.9.4"], "a second Python 3.9"],
])("pythons = %j is refused", async (pythons, words) => {
  await expect(resolve(["calm"], pythons)).rejects.toMatchObject({
    code: "invalid-configuration",
    message: expect.stringContaining(words) as string,
  });
});
