import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { pypi } from "../../../src/ecosystems/pypi/index.ts";
import { importPythonLock } from "../../../src/ecosystems/pypi/import-lock.ts";
import { parseTomlDocument } from "../../../src/formats/toml.ts";
import { readPylock } from "../../../src/ecosystems/pypi/pylock/read-pylock.ts";
import type { Resolved } from "../../../src/resolve/request.ts";
import { MemoryIndex, projects, solve, type Problem } from "./memory-index.ts";
import { installedFrom, lockOf } from "./pylock-reader.ts";

/** What {@link MemoryIndex} says of a file. */
const digest = (name: string): string => createHash("sha256").update(name).digest("hex");

function readToml(text: string): unknown {
  return parseTomlDocument("pylock.toml", text).document?.value;
}

const head = 'lock-version = "1.0"\ncreated-by = "x"\n';
const wheel = (name: string): string =>
  `{ url = "https://files.example/${name}", hashes = { sha256 = "${digest(name)}" } }`;

test.each([
  ["lock-version: is missing", 'created-by = "x"\npackages = []'],
  ["lock-version: must be a text", 'lock-version = 1.0\ncreated-by = "x"\npackages = []'],
  ["created-by: is missing", 'lock-version = "1.0"\npackages = []'],
  ["packages: is missing", head],
  ["packages: must be a list", `${head}packages = 1`],
  ["environments[1]: ", `${head}environments = ["os_name == 'x'", "nothing == 'x'"]\npackages = []`],
  ["requires-python: ", `${head}requires-python = "3.9"\npackages = []`],
  ['packages[0].name: "A_b" is not normalised', `${head}[[packages]]\nname = "A_b"\ndirectory = { path = "." }`],
  [
    'packages[0].version: "x" is no version',
    `${head}[[packages]]\nname = "a"\nversion = "x"\ndirectory = { path = "." }`,
  ],
  ["packages[0]: exactly one of", `${head}[[packages]]\nname = "a"\nversion = "1"`],
  [
    "packages[0]: vcs, directory and archive stand beside neither",
    `${head}[[packages]]\nname = "a"\ndirectory = { path = "." }\nwheels = [${wheel("a-1-py3-none-any.whl")}]`,
  ],
  [
    "packages[0].wheels[0]: a-1.whl is no name of a wheel",
    `${head}[[packages]]\nname = "a"\nwheels = [${wheel("a-1.whl")}]`,
  ],
  [
    "packages[0].wheels[0]: b-1-py3-none-any.whl is no wheel of a",
    `${head}[[packages]]\nname = "a"\nwheels = [${wheel("b-1-py3-none-any.whl")}]`,
  ],
  [
    "packages[0].wheels[0]: a-2-py3-none-any.whl is not of version 1",
    `${head}[[packages]]\nname = "a"\nversion = "1"\nwheels = [${wheel("a-2-py3-none-any.whl")}]`,
  ],
  ["packages[0].sdist: a.zip is no source", `${head}[[packages]]\nname = "a"\nsdist = ${wheel("a.zip")}`],
  [
    "packages[0].archive: must have a url or a path",
    `${head}[[packages]]\nname = "a"\narchive = { hashes = { a = "b" } }`,
  ],
  ["packages[0].vcs.commit-id: is missing", `${head}[[packages]]\nname = "a"\nvcs = { type = "git", url = "u" }`],
])("a lock is refused for its own good: %s", (message, text) => {
  expect(() => readPylock(readToml(text))).toThrow(message);
});

test("what a lock pins is kept, under the condition that it has there", () => {
  const text = `${head}
[[packages]]
name = "a"
version = "1.0"
marker = "python_version < '3.11'"
wheels = [${wheel("a-1.0-py3-none-any.whl")}]
[[packages]]
name = "here"
directory = { path = "." }
`;
  expect(importPythonLock("web/pylock.dev.toml", text)).toEqual([
    {
      id: "pypi:a@1.0",
      ecosystem: "pypi",
      name: "a",
      version: "1.0",
      artifacts: [
        {
          kind: "wheel",
          url: "https://files.example/a-1.0-py3-none-any.whl",
          integrity: expect.stringMatching(/^sha256-/),
        },
      ],
      details: { marker: 'python_version < "3.11"' },
    },
  ]);
});

const table = projects({
  a: { "1.0": {}, "2.0": { requiresPython: ">=3.8,<3.12" }, "3.0": {} },
});

async function resolved(problem: Problem): Promise<Resolved> {
  const result = await solve(new MemoryIndex(table), problem);
  if (result.kind !== "resolved") throw new Error(result.kind);
  return result;
}

function pylockOf(result: Resolved): string {
  return result.locks.find(({ path }) => path === "pylock.toml")?.content ?? "";
}

const entry = (version: string, marker: string): string =>
  `[[packages]]\nname = "a"\nversion = "${version}"\nmarker = "${marker}"\nwheels = [${wheel(`a-${version}-py3-none-any.whl`)}]\n`;
const nothing = { roots: [], instances: [], edges: [], targets: [], provenance: [], fidelity: [] };

test.each([
  ["3.10.1", { a: "1.0" }],
  ["3.12.1", { a: "2.0" }],
])("several versions of a lock: python %s prefers its own", async (python, expected) => {
  const text = `${head}${entry("1.0", "python_version < '3.11'")}${entry("2.0", "python_version >= '3.11'")}`;
  const previous = { ...nothing, packages: pypi.importLock?.("pylock.toml", text) ?? [] };
  const result = await resolved({ requires: ["a"], python, extra: { previous } });
  expect(installedFrom(pylockOf(result), { python: python.replace(/\.1$/, ""), system: "x86_64-linux" })).toEqual(
    expected,
  );
});

test("a lock for one target says which", async () => {
  const text = pylockOf(await resolved({ requires: ["a"] }));
  expect(lockOf(text).environments).toHaveLength(1);
  expect(installedFrom(text, { python: "3.12", system: "x86_64-linux" })).toEqual({ a: "3.0" });
  for (const place of [
    { python: "3.11", system: "x86_64-linux" },
    { python: "3.12", system: "aarch64-darwin" },
  ]) {
    expect(() => installedFrom(text, place)).toThrow("not for exactly one environment");
  }
});

test("an upper bound of requires-python that was ignored is not in the lock, which would be refused", async () => {
  const above = pylockOf(await resolved({ requires: ["a==2.0"] }));
  expect(above).not.toContain("requires-python");
  expect(installedFrom(above, { python: "3.12", system: "x86_64-linux" })).toEqual({ a: "2.0" });
  expect(pylockOf(await resolved({ requires: ["a==2.0"], python: "3.10.4" }))).toContain(
    'requires-python = ">=3.8,<3.12"',
  );
});

test("a lock of nothing is one", async () => {
  const text = pylockOf(await resolved({ requires: ['a; sys_platform == "win32"'] }));
  expect(lockOf(text).packages).toEqual([]);
});
