import { explain } from "../../../src/report/explanation/explain.ts";
import { expect, test } from "vitest";
import type { Resolved, ResolveResult } from "../../../src/resolve/request.ts";
import { manifestOf, resolveOver, startIndex } from "./loopback.ts";
import { writeSdist, writeWheel, type WrittenFile } from "./wheel-writer.ts";

type Settings = Readonly<Record<string, string | readonly string[]>>;

async function resolve(
  projects: Readonly<Record<string, readonly WrittenFile[]>>,
  requires: readonly string[],
  settings: Settings = {},
): Promise<ResolveResult> {
  const server = await startIndex(projects);
  const manifest = manifestOf("requirements.txt", requires.map((line) => `${line}\n`).join(""));
  return await resolveOver(server, [manifest], { options: { settings: new Map(Object.entries(settings)) } });
}

function resolved(result: ResolveResult): Resolved {
  if (result.kind !== "resolved") throw new Error(result.kind);
  expect(result.violations).toEqual([]);
  return result;
}

/** `environment: name version` of every instance, sorted. */
function instances(result: Resolved): readonly string[] {
  return result.resolution.instances
    .filter((instance) => instance.package.startsWith("pypi:"))
    .map((instance) => `${instance.environment} <- ${instance.package.slice("pypi:".length)}`)
    .toSorted();
}

const hatchling = [
  writeWheel("hatchling", "1.20", { requires: ["packaging<24"] }),
  writeWheel("hatchling", "1.30", { requires: ["packaging>=24"] }),
];
const packaging = [writeWheel("packaging", "23.0", {}), writeWheel("packaging", "25.0", {})];
const buildSystem = '[build-system]\nrequires = ["hatchling<1.30"]\nbuild-backend = "hatchling.build"\n';

test("a source distribution is locked with a build environment of its own", async () => {
  const projects = {
    app: [writeSdist("app", "1.0", { requires: ["packaging>=24"] }, { "pyproject.toml": buildSystem })],
    hatchling,
    packaging,
  };
  const result = resolved(await resolve(projects, ["app"]));
  // The build environment holds another version of packaging than the one that runs.
  expect(instances(result)).toEqual([
    "build:pypi:app@1.0 <- hatchling@1.20",
    "build:pypi:app@1.0 <- packaging@23.0",
    "run <- app@1.0",
    "run <- packaging@25.0",
  ]);
  const build = result.resolution.packages.find(({ name }) => name === "app")?.details["build"];
  expect(build).toEqual({ requires: ["hatchling<1.30"], backend: "hatchling.build" });
  const edge = result.resolution.edges.find(({ to }) => to === "pypi:hatchling@1.20");
  expect(edge).toMatchObject({ from: "pypi:app@1.0", kind: "build", environment: "build:pypi:app@1.0" });
});

test("without pyproject.toml setuptools builds it", async () => {
  const projects = { old: [writeSdist("old", "1.0", {}, {})], setuptools: [writeWheel("setuptools", "70.0", {})] };
  const result = resolved(await resolve(projects, ["old"]));
  expect(instances(result)).toEqual(["build:pypi:old@1.0 <- setuptools@70.0", "run <- old@1.0"]);
});

test("build requirements that can't be met rule the version out", async () => {
  const impossible = '[build-system]\nrequires = ["hatchling>=9"]\n';
  const projects = {
    app: [
      writeSdist("app", "2.0", {}, { "pyproject.toml": impossible }),
      writeSdist("app", "1.0", {}, { "pyproject.toml": buildSystem }),
    ],
    hatchling,
    packaging,
  };
  expect(instances(resolved(await resolve(projects, ["app"])))).toContain("run <- app@1.0");
});

test("dynamic metadata makes a version ineligible, and the override in the configuration makes it eligible", async () => {
  const information = "Metadata-Version: 2.2\nName: app\nVersion: 1.0\nDynamic: Requires-Dist\n";
  const files = { "PKG-INFO": information, "pyproject.toml": buildSystem };
  const projects = { app: [writeSdist("app", "1.0", {}, files)], hatchling, packaging };
  const refused = await resolve(projects, ["app"]);
  if (refused.kind !== "unsatisfiable") throw new Error(refused.kind);
  const { text } = explain(refused.derivation, refused.narrator);
  expect(text).toContain('write down what it requires in enki.toml, [pypi.metadata] "app==1.0" = ["…"]');
  const server = await startIndex(projects);
  const settings = new Map([["metadata", { "app==1.0": ["packaging<24"] }]]);
  const result = resolved(
    await resolveOver(server, [manifestOf("requirements.txt", "app\n")], { options: { settings } }),
  );
  expect(instances(result)).toContain("run <- packaging@23.0");
});

test("dynamic PKG-INFO with a complete [project] table is read from the table", async () => {
  const information = "Metadata-Version: 2.1\nName: app\nVersion: 1.0\n";
  const project = `${buildSystem}[project]\nname = "app"\nversion = "1.0"\ndependencies = ["packaging<24"]\n
    [project.optional-dependencies]\nfast = ["hatchling; python_version > '3'"]\n`;
  const files = { "PKG-INFO": information, "pyproject.toml": project };
  const projects = { app: [writeSdist("app", "1.0", {}, files)], hatchling, packaging };
  const result = resolved(await resolve(projects, ["app[fast]"]));
  expect(instances(result)).toContain("run <- packaging@23.0");
  expect(instances(result)).toContain("run <- hatchling@1.20");
});

test("a crate inside leads to the compiler, with the version that its manifest asks for", async () => {
  const pyproject = '[build-system]\nrequires = ["maturin>=1,<2"]\nbuild-backend = "maturin"\n';
  const crate = '[package]\nname = "core"\nversion = "0.1.0"\nrust-version = "1.74"\n';
  const projects = {
    core: [writeSdist("core", "1.0", {}, { "pyproject.toml": pyproject, "Cargo.toml": crate })],
    maturin: [writeWheel("maturin", "1.5", {})],
  };
  const result = resolved(await resolve(projects, ["core"]));
  expect(result.resolution.packages.find(({ name }) => name === "core")?.details["build"]).toMatchObject({
    cargo: { manifest: "Cargo.toml", rustVersion: "1.74" },
  });
  const edge = result.resolution.edges.find(({ why }) => why === "rust-version in Cargo.toml of core 1.0");
  expect(edge).toMatchObject({ from: "pypi:core@1.0", kind: "build", range: ">=1.74" });
});

test("a wheel is preferred to a source distribution, unless wheels are not allowed", async () => {
  const projects = {
    app: [writeWheel("app", "1.0", {}), writeSdist("app", "1.0", {}, { "pyproject.toml": buildSystem })],
    hatchling,
    packaging,
  };
  expect(instances(resolved(await resolve(projects, ["app"])))).toEqual(["run <- app@1.0"]);
  const built = resolved(await resolve(projects, ["app"], { "no-binary": ["app"] }));
  expect(instances(built)).toContain("build:pypi:app@1.0 <- hatchling@1.20");
  expect((await resolve({ app: projects.app.slice(1) }, ["app"], { "no-build": [":all:"] })).kind).toBe(
    "unsatisfiable",
  );
});

test("a source distribution that is gone rules its version out", async () => {
  const gone = writeSdist("app", "2.0", {}, {});
  const server = await startIndex({ app: [gone, writeWheel("app", "1.0", {})] });
  server.serveFrom((path) => (path.endsWith("app-2.0.tar.gz") ? { status: 404, body: "" } : undefined));
  const result = resolved(await resolveOver(server, [manifestOf("requirements.txt", "app\n")]));
  expect(instances(result)).toEqual(["run <- app@1.0"]);
});
