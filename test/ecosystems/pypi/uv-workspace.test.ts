import { describe, expect, test } from "vitest";
import { pypi } from "../../../src/ecosystems/pypi/index.ts";
import { documentOf } from "../../../src/ecosystems/pypi/manifest/pypi-document.ts";
import type { Diagnostic } from "../../../src/model/diagnostic.ts";
import type { Manifest } from "../../../src/model/manifest.ts";
import type { Resolved } from "../../../src/resolve/request.ts";
import { openWorkspace, type Workspace } from "../../../src/workspace/open-workspace.ts";
import { memoryFiles } from "../../workspace/fake-ecosystems.ts";
import { resolveOver, startIndex } from "./loopback.ts";
import { answer } from "./memory-index.ts";
import { installedFrom, lockOf } from "./pylock-reader.ts";
import { writeWheel } from "./wheel-writer.ts";

const plain = { settings: new Map([["build-environments", "none"]]) };

const root = `
[project]
name = "service"
version = "1.0"
dependencies = ["lib-core", "b"]
[dependency-groups]
dev = ["runner"]
docs = ["writer"]
[tool.uv]
default-groups = ["dev"]
[tool.uv.sources]
Lib_Core = { workspace = true }
[tool.uv.workspace]
members = ["libs/*", "tools/cli"]
exclude = ["libs/old*"]
`;

const member = (name: string, dependencies: readonly string[], more = ""): string =>
  `[project]\nname = "${name}"\nversion = "0.1"\ndependencies = ${JSON.stringify(dependencies)}\n${more}`;

const project = {
  "pyproject.toml": root,
  "libs/core/pyproject.toml": member("lib-core", ["b<2"]),
  "libs/extra/pyproject.toml": member(
    "lib.extra",
    ["lib-core", "c"],
    "[tool.uv.sources]\nlib-core = { workspace = true }\n",
  ),
  "libs/old-one/pyproject.toml": member("old-one", ["nothing-of-that-name"]),
  "libs/README/notes.txt": "",
  "tools/cli/pyproject.toml": member("cli", ["lib-extra"]),
};

function open(files: Readonly<Record<string, string>>, selected: readonly string[] = []): Workspace {
  return openWorkspace("/project", memoryFiles(files), new Map([["pypi", pypi]]), selected);
}

function errors(diagnostics: readonly Diagnostic[]): readonly string[] {
  return diagnostics.map(({ severity, code, message }) => `${severity} ${code}: ${message}`);
}

async function resolve(files: Readonly<Record<string, string>>, manifests: readonly Manifest[]): Promise<Resolved> {
  const server = await startIndex({
    b: ["1.0", "2.0"].map((version) => writeWheel("b", version, {})),
    c: [writeWheel("c", "1.0", {})],
    runner: [writeWheel("runner", "1.0", {})],
    writer: [writeWheel("writer", "1.0", {})],
    // The names of members are taken on the index, by somebody else.
    "lib-core": [writeWheel("lib-core", "66.6", {})],
    "lib-extra": [writeWheel("lib-extra", "66.6", {})],
  });
  const request = { projectDirectory: "/project", files: memoryFiles(files), options: plain };
  const result = await resolveOver(server, manifests, request);
  if (result.kind !== "resolved") throw new Error(result.kind);
  return result;
}

describe("a workspace of uv", () => {
  test("its members are manifests of the service, one answer holds for all of them", async () => {
    const { manifests, diagnostics } = open(project);
    expect(errors(diagnostics)).toEqual([]);
    expect(manifests.map(({ file }) => file)).toEqual([
      "libs/core/pyproject.toml",
      "libs/extra/pyproject.toml",
      "pyproject.toml",
      "tools/cli/pyproject.toml",
    ]);
    const result = await resolve(project, manifests);
    expect(answer(result)).toEqual({
      b: "1.0",
      c: "1.0",
      "lib-core": "0.1",
      "lib-extra": "0.1",
      runner: "1.0",
      writer: "1.0",
    });
    const lock = (path: string): string => result.locks.find((one) => one.path === path)?.content ?? "";
    expect(lock("tools/cli/pylock.toml")).toContain('directory = { path = "../../libs/extra", editable = true }');
    expect(lock("pylock.toml")).toContain('directory = { path = "./libs/core", editable = true }');
    expect(lock("tools/cli/requirements.txt")).toContain("lib-core @ file:../../libs/core");
  });

  test("a member that is resolved alone finds its workspace", async () => {
    const { manifests, diagnostics } = open(project, ["libs/extra/pyproject.toml"]);
    expect(errors(diagnostics)).toEqual([]);
    expect(answer(await resolve(project, manifests))).toEqual({ b: "1.0", c: "1.0", "lib-core": "0.1" });
  });

  test("default groups are what an installer takes when it is asked for none", async () => {
    const { manifests } = open(project);
    const result = await resolve(project, manifests);
    const text = result.locks.find(({ path }) => path === "pylock.toml")?.content ?? "";
    expect(lockOf(text)).toMatchObject({ defaultGroups: ["dev"], dependencyGroups: ["dev", "docs"] });
    const place = { python: "3.12", system: "x86_64-linux" };
    expect(Object.keys(installedFrom(text, place))).toEqual(["b", "lib-core", "runner"]);
    expect(Object.keys(installedFrom(text, { ...place, groups: [] }))).toEqual(["b", "lib-core"]);
    const all = { ...project, "pyproject.toml": root.replace('["dev"]\n[tool.uv.s', '"all"\n[tool.uv.s') };
    const [, , own] = open(all).manifests;
    expect(own === undefined ? [] : documentOf(own).defaultGroups).toEqual(["dev", "docs"]);
  });

  test.each([
    [
      "a member that is none",
      { "pyproject.toml": root.replace("Lib_Core", "lib-cor") },
      "error pypi-unknown-member: the workspace has no member lib-cor",
    ],
    [
      "no workspace",
      { "pyproject.toml": root.replace(/\[tool\.uv\.workspace\][^]*/, "") },
      "error pypi-unknown-member: the workspace has no member Lib_Core",
    ],
    [
      "a listed directory without a project",
      { "tools/cli/pyproject.toml": "" },
      "error pypi-unknown-member: there is no pyproject.toml with a [project] in tools/cli",
    ],
    [
      "a group that is none",
      { "pyproject.toml": root.replace('default-groups = ["dev"]', 'default-groups = ["de"]') },
      "error pypi-unknown-group: there is no dependency group de",
    ],
    [
      "conflicts",
      {
        "pyproject.toml": root.replace("[tool.uv]", "[tool.uv]\nconflicts = [[{ group = 'dev' }, { group = 'docs' }]]"),
      },
      "warning pypi-unsupported-conflicts: one answer holds all extras and groups: those that conflict can't be locked together",
    ],
  ])("is told about: %s", (_what, changed, message) => {
    expect(errors(open({ ...project, ...changed }).diagnostics)).toEqual([message]);
  });
});

test("a local project whose version is dynamic has its requirements", async () => {
  const files = {
    "pyproject.toml": member("service", ["lib"], '[tool.uv.sources]\nlib = { path = "lib" }\n'),
    "lib/pyproject.toml": '[project]\nname = "lib"\ndynamic = ["version"]\ndependencies = ["b<2"]\n',
  };
  const result = await resolve(files, open(files).manifests);
  expect(answer(result)).toEqual({ b: "1.0", lib: "0" });
  expect(result.diagnostics.map(({ code }) => code)).toContain("pypi-dynamic-version");
  expect(result.locks.find(({ path }) => path === "pylock.toml")?.content).not.toContain('version = "0"');
});

test("what a version requires may be said by [[tool.uv.dependency-metadata]]", () => {
  const metadata = '[[tool.uv.dependency-metadata]]\nname = "Old_One"\nversion = "1.0"\nrequires-dist = ["b"]\n';
  const [manifest] = open({ "pyproject.toml": member("service", [], metadata) }).manifests;
  expect(manifest === undefined ? undefined : documentOf(manifest).metadata).toEqual(
    new Map([["old-one==1.0", ["b"]]]),
  );
});

test("the source of a package depends on the target where a marker says so", async () => {
  const server = await startIndex({ a: [writeWheel("a", "1.0", {})] });
  const special = (await startIndex({ a: [writeWheel("a", "1.0+cpu", {})] })).url;
  const text = `${member("service", ["a"])}
[tool.uv.sources]
a = [{ index = "cpu", marker = "sys_platform == 'linux'" }, { index = "usual" }]
[[tool.uv.index]]
name = "cpu"
url = "${special}/simple/"
explicit = true
[[tool.uv.index]]
name = "usual"
url = "${server.url}/simple/"
`;
  const files = { "pyproject.toml": text };
  const on = async (system: string): Promise<unknown> =>
    answer(
      await resolveOver(server, open(files).manifests, { registries: new Map(), options: plain, systems: [system] }),
    );
  expect(await on("x86_64-linux")).toEqual({ a: "1.0+cpu" });
  expect(await on("aarch64-darwin")).toEqual({ a: "1.0" });
});

test("an error in a file that another one includes is told once", () => {
  const { diagnostics } = open({ "requirements.txt": "-r requirements-base.txt\n", "requirements-base.txt": "a>>1\n" });
  expect(diagnostics.map(({ origin }) => `${origin?.file}:${origin?.line}`)).toEqual(["requirements-base.txt:1"]);
});
