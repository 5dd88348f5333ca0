import { describe, expect, it } from "vitest";
import {
  ecosystems,
  explain,
  formatLock,
  nodeFileSystem,
  openWorkspace,
  parseLock,
  resolveService,
} from "../src/index.ts";
import { materialiseScenario, parseScenario } from "./helpers/scenario.ts";
import { temporaryDirectory } from "./helpers/temporary-directory.ts";

/** What a program does that uses Enki as a library, with nothing but its public names. */
async function resolveWithLibrary(scenarioText: string): ReturnType<typeof resolveService> {
  const { projectDirectory, registries } = materialiseScenario(
    parseScenario("library", scenarioText),
    temporaryDirectory(),
  );
  const loaded = new Map(await Promise.all([...ecosystems].map(async ([id, load]) => [id, await load()] as const)));
  const { manifests } = openWorkspace(projectDirectory, nodeFileSystem, loaded);
  return await resolveService({
    projectDirectory,
    ecosystems: loaded,
    manifests,
    serviceRequirements: [],
    declaredEdges: [],
    systems: ["x86_64-linux"],
    registries: new Map([...registries].map(([id, path]) => [id, [{ kind: "path", path }]])),
    options: { settings: new Map() },
    http: { fetch: () => Promise.reject(new Error("everything is on disk")) },
    files: nodeFileSystem,
    environmentVariables: {},
    nowMs: 0,
    isOffline: true,
    limits: {},
    signal: new AbortController().signal,
  });
}

const service = `
[files]
"package.json" = '{ "name": "w", "version": "1.0.0", "dependencies": { "a": "RANGE" } }'
[registry.npm.a."1.0.0"]
dependencies = { b = "^2" }
[registry.npm.b."2.1.0"]
[expected]
outcome = "resolved"
`;

describe("the public library", () => {
  it("resolves, and its lock survives being written and read", async () => {
    const result = await resolveWithLibrary(service.replace("RANGE", "^1"));
    const resolution = result.kind === "resolved" ? result.resolution : undefined;
    expect(resolution?.packages.map(({ id }) => id)).toEqual(expect.arrayContaining(["npm:a@1.0.0", "npm:b@2.1.0"]));
    const text = resolution === undefined ? "" : formatLock(resolution);
    expect(formatLock(parseLock(text))).toBe(text);
  });

  it("explains a failure in the words of the manifest", async () => {
    const result = await resolveWithLibrary(service.replace("RANGE", "^3"));
    const words = result.kind === "unsatisfiable" ? explain(result.derivation, result.narrator).text : result.kind;
    expect(words).toContain("package.json:1 requires a ^3, but only a 1.0.0 exists");
  });
});
