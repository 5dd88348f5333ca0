import { expect, test } from "vitest";
import { pypi } from "../../../src/ecosystems/pypi/index.ts";
import { documentOf, type PypiDocument } from "../../../src/ecosystems/pypi/manifest/pypi-document.ts";
import type { ManifestReading } from "../../../src/model/manifest.ts";
import { memoryFileSystem } from "../../helpers/memory-file-system.ts";
import { answer, MemoryIndex, projects, solve, type MemoryVersion } from "./memory-index.ts";

function read(file: string, text: string, others: Readonly<Record<string, string>> = {}): ManifestReading {
  const files = memoryFileSystem(new Map(Object.entries(others).map(([path, body]) => [`/project/${path}`, body])));
  return pypi.readManifest(file, new TextEncoder().encode(text), { projectDirectory: "/project", files });
}

function document(reading: ManifestReading): PypiDocument {
  expect(reading.diagnostics).toEqual([]);
  if (reading.manifest === undefined) throw new Error("no manifest");
  return documentOf(reading.manifest);
}

function required({ requirements }: PypiDocument): readonly string[] {
  return requirements.map(({ text }) => text);
}

test("paths and URLs in a requirements file are named after what is there", () => {
  const others = {
    "lib/pyproject.toml": '[project]\nname = "My.Lib"\n',
    "old/pyproject.toml": '[tool.poetry]\nname = "old-one"\n',
  };
  const lines = ["./lib", "-e old[fast]", "-e ./lib ; python_version > '3'", "./dist/A_b-1.0-py3-none-any.whl"];
  const more = ["https://files.example/c-2.0.tar.gz", "git+https://git.example/x.git@v1#egg=Y"];
  const found = document(read("requirements.txt", [...lines, ...more].join("\n"), others));
  expect(required(found)).toEqual([
    "my-lib @ file:./lib",
    "old-one[fast] @ file:./old",
    "my-lib @ file:./lib ; python_version > '3'",
    "a-b @ file:./dist/A_b-1.0-py3-none-any.whl",
    "c @ https://files.example/c-2.0.tar.gz",
    "y @ git+https://git.example/x.git@v1#egg=Y",
  ]);
  expect(found.sources).toContainEqual({
    package: "old-one",
    source: { kind: "path", path: "./old", isEditable: true },
  });
});

test("what only a build could name is an error with its place", () => {
  const { manifest, diagnostics } = read("requirements.txt", "a\n./nothing-there\n");
  expect(manifest).toBeUndefined();
  expect(diagnostics).toMatchObject([
    { code: "pypi-unnamed-requirement", origin: { line: 2 }, help: 'write "name @ file:./nothing-there"' },
  ]);
});

function versionWithHash(version: string, digit: string): Readonly<Record<string, MemoryVersion>> {
  const file = { filename: `a-${version}-py3-none-any.whl`, hashes: { sha256: digit.repeat(64) } };
  return { [version]: { files: [file] } };
}

test("hashes of a requirements file admit the files that they name, and no others", async () => {
  const index = projects({ a: { ...versionWithHash("1.0", "1"), ...versionWithHash("2.0", "2") }, b: { "1.0": {} } });
  const solved = async (...requires: string[]): Promise<unknown> =>
    answer(await solve(new MemoryIndex(index), { requires }));
  expect(await solved(`a>=1 --hash=sha256:${"1".repeat(64)}`, "b")).toEqual({ a: "1.0", b: "1.0" });
  expect(await solved(`a --hash=sha256:${"1".repeat(64)} --hash=sha256:${"2".repeat(64)}`)).toEqual({ a: "2.0" });
  expect(await solved(`a==2.0 --hash=sha256:${"1".repeat(64)}`)).toBeUndefined();
});

function uv(table: string): PypiDocument {
  return document(read("pyproject.toml", `[tool.uv]\n${table}`));
}

function pip(text: string): PypiDocument {
  return document(read("requirements.txt", text));
}

test("indexes beside the public one, or in its place", () => {
  expect(uv('[[tool.uv.index]]\nname = "house"\nurl = "https://house.example/simple"\nexplicit = true')).toMatchObject({
    indexes: [{ name: "house", url: "https://house.example/simple", isExplicit: true }],
    replacesPublicIndex: false,
  });
  expect(uv('[[tool.uv.index]]\nurl = "https://house.example/simple"\ndefault = true').replacesPublicIndex).toBe(true);
  expect(uv('find-links = ["./wheels"]\nindex-url = "https://house.example/simple"')).toMatchObject({
    indexes: [{ url: "./wheels", layout: "directory" }, { url: "https://house.example/simple" }],
    replacesPublicIndex: true,
  });
  expect(pip("--extra-index-url https://house.example/simple\n").replacesPublicIndex).toBe(false);
  expect(pip("-i https://house.example/simple\n").replacesPublicIndex).toBe(true);
  expect(pip("--no-index\n-f wheels\n")).toMatchObject({
    indexes: [{ url: "wheels", layout: "directory" }],
    replacesPublicIndex: true,
  });
});

async function asked(lines: readonly string[]): Promise<readonly string[]> {
  const index = new MemoryIndex(projects({}));
  await solve(index, { requires: [...lines, "a"], extra: { registries: new Map() } });
  return index.requests.map((url) => new URL(url).host);
}

test("the public index is asked after those that a manifest names, and only where it is not replaced", async () => {
  expect(await asked(["--extra-index-url https://house.example/simple"])).toEqual(["house.example", "pypi.org"]);
  expect(await asked(["--index-url https://house.example/simple"])).toEqual(["house.example"]);
  expect(await asked([])).toEqual(["pypi.org"]);
});

test("poetry: paths, repositories and indexes of single packages", () => {
  const found = document(
    read(
      "pyproject.toml",
      `[tool.poetry]
name = "p"
[tool.poetry.dependencies]
lib = { path = "../lib", develop = true, extras = ["fast"] }
tool = { git = "https://git.example/tool.git", tag = "v1", subdirectory = "py", python = ">=3.9" }
mine = { version = "^1.0", source = "house" }
[[tool.poetry.source]]
name = "house"
url = "https://house.example/simple"
priority = "explicit"
`,
    ),
  );
  expect(required(found)).toEqual(["lib[fast]", 'tool ; python_version >= "3.9"', "mine>=1.0,<2"]);
  expect(Object.fromEntries(found.sources.map((rule) => [rule.package, rule.source]))).toEqual({
    lib: { kind: "path", path: "../lib", isEditable: true },
    tool: {
      kind: "git",
      url: "https://git.example/tool.git",
      reference: "v1",
      referenceKind: "tag",
      subdirectory: "py",
    },
  });
  expect(found).toMatchObject({
    indexes: [{ name: "house", isExplicit: true }],
    packageIndexes: [{ package: "mine", index: "house" }],
    replacesPublicIndex: false,
  });
});

test("poetry beside [project]: groups count, and dependencies say where packages come from", () => {
  const found = document(
    read(
      "pyproject.toml",
      `[project]
name = "p"
dependencies = ["lib>=1"]
[tool.poetry.dependencies]
lib = { path = "../lib" }
[tool.poetry.group.test.dependencies]
runner = "^2"
`,
    ),
  );
  expect(required(found)).toEqual(["lib>=1", "runner>=2,<3"]);
  expect(found.groups).toEqual(["test"]);
  expect(found.sources).toMatchObject([
    { package: "lib", source: { kind: "path", path: "../lib", isEditable: false } },
  ]);
});
