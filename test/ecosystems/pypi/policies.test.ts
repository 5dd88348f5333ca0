import { describe, expect, test } from "vitest";
import type { ResolveOptions } from "../../../src/ecosystems/ecosystem.ts";
import type { JsonValue } from "../../../src/model/json.ts";
import type { Resolution } from "../../../src/model/resolution.ts";
import { explain } from "../../../src/report/explanation/explain.ts";
import { answer, indexUrl, MemoryIndex, projects, solve, type MemoryProjects } from "./memory-index.ts";

const table = projects({
  a: {
    "1.0": { requires: ["b"], uploadTime: "2020-01-01T00:00:00Z" },
    "2.0": { requires: ["b>=2"], uploadTime: "2022-01-01T00:00:00Z" },
    "3.0rc1": { requires: ["b>=2"], uploadTime: "2023-01-01T00:00:00Z" },
  },
  b: { "1.0": {}, "2.0": {}, "3.0": {}, "4.0a1": {} },
});

type Answer = Readonly<Record<string, string>> | undefined;

async function selected(
  requires: readonly string[],
  options: Partial<ResolveOptions> = {},
  settings: Readonly<Record<string, JsonValue>> = {},
  index: MemoryProjects = table,
): Promise<Answer> {
  return answer(await solve(new MemoryIndex(index), { requires, options, settings }));
}

/** `options` would replace the settings of {@link solve}, so both are given together. */
function withSettings(settings: Readonly<Record<string, JsonValue>>): Partial<ResolveOptions> {
  return { settings: new Map(Object.entries({ "build-environments": "none", ...settings })) };
}

test.each([
  ["highest", { a: "2.0", b: "3.0" }],
  ["lowest", { a: "1.0", b: "1.0" }],
  ["lowest-direct", { a: "1.0", b: "3.0" }],
] as const)("versions: %s", async (versions, expected) => {
  expect(await selected(["a"], { versions })).toEqual(expected);
});

test.each([
  ["if-necessary", ["a"], { a: "2.0", b: "3.0" }],
  ["if-necessary", ["a>2"], { a: "3.0rc1", b: "3.0" }],
  ["allow", ["a"], { a: "3.0rc1", b: "4.0a1" }],
  ["disallow", ["a>2"], undefined],
  ["explicit", ["a>2"], undefined],
  ["explicit", ["a>=3.0rc1"], { a: "3.0rc1", b: "3.0" }],
  ["pep440", ["a"], { a: "2.0", b: "3.0" }],
  ["pep440", ["a>=1.0rc1"], { a: "3.0rc1", b: "3.0" }],
  ["pep440", ["b>3"], { b: "4.0a1" }],
] as const)("pre-releases: %s %s", async (prerelease, requires, expected) => {
  expect(await selected(requires, { prerelease })).toEqual(expected);
});

test("a yanked version that only another package pins is used under pip's rule, and under no other", async () => {
  const index = projects({
    a: { "2.0": { requires: ["b==2.0"] }, "1.0": {} },
    b: { "1.0": {}, "2.0": { yanked: "broken" } },
    c: { "1.0": { yanked: true } },
  });
  expect(await selected(["a"], { prerelease: "pep440" }, {}, index)).toEqual({ a: "2.0", b: "2.0" });
  expect(await selected(["a"], {}, {}, index)).toEqual({ a: "1.0" });
  expect(await selected(["b"], { prerelease: "pep440" }, {}, index)).toEqual({ b: "1.0" });
  expect(await selected(["b>1"], { prerelease: "pep440" }, {}, index)).toBeUndefined();
  expect(await selected(["c"], { prerelease: "pep440" }, {}, index)).toBeUndefined();
});

test("a cut-off date hides what was published later", async () => {
  expect(await selected(["a"], { excludeNewer: "2021-06-01T00:00:00Z" })).toEqual({ a: "1.0", b: "3.0" });
  expect(await selected(["a"], { excludeNewer: "2019-06-01T00:00:00Z" })).toBeUndefined();
});

describe("settings", () => {
  test("constraints narrow what is there and add nothing", async () => {
    const options = withSettings({ constraints: ["b<3", "c==9"] });
    expect(await selected(["a"], options)).toEqual({ a: "2.0", b: "2.0" });
    expect(await selected(["a"], withSettings({ constraints: ["b<1"] }))).toBeUndefined();
  });

  test("overrides replace every other requirement on the package", async () => {
    expect(await selected(["a==2.0"], withSettings({ overrides: ["b==1.0"] }))).toEqual({ a: "2.0", b: "1.0" });
  });

  test("excluded packages are required by nobody", async () => {
    expect(await selected(["a"], withSettings({ exclude: ["B"] }))).toEqual({ a: "2.0" });
  });

  test("pre-releases of chosen packages compete", async () => {
    expect(await selected(["a"], withSettings({ "prerelease-packages": ["b"] }))).toEqual({ a: "2.0", b: "4.0a1" });
  });

  test("an unreadable constraint is an error of the configuration", async () => {
    await expect(selected(["a"], withSettings({ constraints: ["b=<3"] }))).rejects.toMatchObject({
      code: "invalid-configuration",
    });
  });
});

test("a version that an earlier lock holds stays, as long as it may", async () => {
  const index = new MemoryIndex(table);
  const first = await solve(index, { requires: ["a", "b<3"] });
  if (first.kind !== "resolved") throw new Error(first.kind);
  const previous: Resolution = first.resolution;
  const again = await solve(new MemoryIndex(table), { requires: ["a"], extra: { previous } });
  expect(answer(again)).toEqual({ a: "2.0", b: "2.0" });
  const moved = await solve(new MemoryIndex(table), { requires: ["a", "b>2"], extra: { previous } });
  expect(answer(moved)).toEqual({ a: "2.0", b: "3.0" });
});

describe("several indexes", () => {
  const inner = new MemoryIndex(projects({ mine: { "1.0": {} } }));
  const outer = new MemoryIndex(projects({ mine: { "99.0": {} }, public: { "1.0": { requires: ["mine"] } } }));
  const registries = new Map([
    [
      "pypi",
      [
        { kind: "http" as const, url: "http://inner.example/simple/", name: "inner" },
        { kind: "http" as const, url: indexUrl, name: "outer" },
      ],
    ],
  ]);
  const http = {
    fetch: (request: Parameters<MemoryIndex["fetch"]>[0]) => {
      const isInner = request.url.includes("inner.example") || request.url.includes("mine-1.0");
      return (isInner ? inner : outer).fetch(request);
    },
  };

  test("the first one that knows a package is the only one for it", async () => {
    const result = await solve(http, { requires: ["public"], extra: { registries } });
    expect(answer(result)).toEqual({ mine: "1.0", public: "1.0" });
  });

  test("unless all of them are trusted alike", async () => {
    const options = withSettings({ "index-strategy": "unsafe-best-match" });
    expect(answer(await solve(http, { requires: ["public"], options, extra: { registries } }))).toEqual({
      mine: "99.0",
      public: "1.0",
    });
  });

  test("a package can be pinned to one of them", async () => {
    const options = withSettings({ "package-indexes": { mine: "outer" } });
    expect(answer(await solve(http, { requires: ["public"], options, extra: { registries } }))).toEqual({
      mine: "99.0",
      public: "1.0",
    });
  });
});

test("credentials of an index go to its host only and stay out of the answer", async () => {
  const index = new MemoryIndex(projects({ a: { "1.0": {} } }), { filesBase: "http://elsewhere.example/files/" });
  const sent: (readonly [string, string | undefined])[] = [];
  const http = {
    fetch: async (request: Parameters<MemoryIndex["fetch"]>[0]) => {
      sent.push([new URL(request.url).host, request.authorization]);
      return await index.fetch(request);
    },
  };
  const url = "http://user:s%40cret@index.example/simple";
  const registries = new Map([["pypi", [{ kind: "http" as const, url }]]]);
  const result = await solve(http, { requires: ["a"], extra: { registries } });
  expect(answer(result)).toEqual({ a: "1.0" });
  expect(sent).toEqual([
    ["index.example", `Basic ${Buffer.from("user:s@cret").toString("base64")}`],
    ["elsewhere.example", undefined],
  ]);
  expect(JSON.stringify(result)).not.toMatch(/s@cret|s%40cret|user:/);
});

test("the same problem gives the same bytes, in whatever order answers arrive", async () => {
  const index = new MemoryIndex(table);
  let turn = 0;
  const late = {
    fetch: async (request: Parameters<MemoryIndex["fetch"]>[0]) => {
      const wait = (turn++ * 7) % 5;
      for (let tick = 0; tick < wait; tick++) await new Promise((resolve) => setImmediate(resolve));
      return await index.fetch(request);
    },
  };
  const [first, second] = [await solve(index, { requires: ["a", "b"] }), await solve(late, { requires: ["a", "b"] })];
  if (first.kind !== "resolved" || second.kind !== "resolved") throw new Error("no answer");
  expect(JSON.stringify(second.resolution)).toBe(JSON.stringify(first.resolution));
  expect(second.locks).toEqual(first.locks);
});

test("a search back through many versions waits for the network a few times only", async () => {
  const old = Object.fromEntries(
    Array.from({ length: 120 }, (_, minor) => [
      `1.${minor}`,
      { requires: [`b==${minor === 0 ? "1.0" : "2.0"}`, `c>${minor}`] },
    ]),
  );
  const index = projects({
    a: old,
    b: { "1.0": {}, "2.0": { requires: ["d"] } },
    c: { "999": {} },
    d: { "1.0": { requires: ["e>1"] } },
    e: { "1.0": {} },
  });
  const result = await solve(new MemoryIndex(index), { requires: ["a"] });
  expect(answer(result)).toEqual({ a: "1.0", b: "1.0", c: "999" });
  expect(result.statistics[0]?.rounds).toBeLessThan(15);
});

test("an extra that does not exist is a warning", async () => {
  const result = await solve(new MemoryIndex(projects({ a: { "1.0": {} } })), { requires: ["a[none]"] });
  expect(
    result.kind === "resolved" ? result.diagnostics.map(({ severity, message }) => [severity, message]) : [],
  ).toEqual([["warning", "a 1.0 has no extra named none"]]);
});

test("markers of old metadata list Pythons in a text", async () => {
  const index = projects({
    a: { "1.0": { requires: ['b; python_version in "3.11, 3.12"', 'c; python_version not in "3.12"'] } },
    b: { "1.0": {} },
    c: { "1.0": {} },
  });
  expect(await selected(["a"], {}, {}, index)).toEqual({ a: "1.0", b: "1.0" });
});

test("a version whose marker asks for what there is not can't be used", async () => {
  const index = projects({ a: { "2.0": { requires: ['b; nonsense == "1"'] }, "1.0": {} } });
  expect(await selected(["a"], {}, {}, index)).toEqual({ a: "1.0" });
});

test("an explanation names the constraint that is in the way", async () => {
  const index = new MemoryIndex(projects({ a: { "1.0": { requires: ["b>=3"] } }, b: { "3.0": {} } }));
  const result = await solve(index, { requires: ["a"], settings: { constraints: ["B<3"] } });
  if (result.kind !== "unsatisfiable") throw new Error(result.kind);
  expect(explain(result.derivation, result.narrator).text).toContain("the constraint B<3 conflicts with b");
});
