import { ecosystems as loaders } from "../../src/ecosystems/index.ts";
import type { Ecosystem } from "../../src/ecosystems/ecosystem.ts";
import type { HttpClient } from "../../src/net/http-client.ts";
import { nodeFileSystem } from "../../src/net/node-file-system.ts";
import { resolveService } from "../../src/resolve.ts";
import type { ResolveRequest, ResolveResult } from "../../src/resolve/request.ts";
import { openWorkspace } from "../../src/workspace/open-workspace.ts";
import { mergeSettings } from "../../src/workspace/settings.ts";
import { readFileSync } from "node:fs";
import { resolveRequest } from "./resolve-request.ts";
import type { MaterialisedScenario } from "./scenario.ts";

/** Every ecosystem that Enki knows. */
export async function allEcosystems(): Promise<ReadonlyMap<string, Ecosystem>> {
  return new Map(await Promise.all([...loaders].map(async ([id, load]) => [id, await load()] as const)));
}

/**
 * Resolves a project on disk against registries on disk, the way the command line does: manifests found, enki.toml read,
 * settings merged, no network, no environment, for x86_64-linux unless enki.toml says otherwise.
 */
export async function runScenario(
  { projectDirectory, registries }: MaterialisedScenario,
  extra: Partial<ResolveRequest> = {},
): Promise<ResolveResult> {
  const ecosystems = await allEcosystems();
  const workspace = openWorkspace(projectDirectory, nodeFileSystem, ecosystems);
  const errors = workspace.diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new Error(JSON.stringify(errors, undefined, 2));
  const { configuration } = workspace;
  const settings = mergeSettings(
    { registry: [...registries].map(([ecosystem, path]) => `${ecosystem}=${path}`) },
    { configuration, environment: {}, ecosystems, directory: projectDirectory, hostSystem: "x86_64-linux", nowMs: 0 },
  );
  return await resolveService(
    resolveRequest([...ecosystems.values()], workspace.manifests, {
      projectDirectory,
      serviceRequirements: settings.serviceRequirements,
      declaredEdges: configuration.edges,
      systems: settings.systems,
      registries: settings.registries,
      options: settings.options,
      settings: settings.settings,
      files: nodeFileSystem,
      http: archivesOf(registries.get("opam")),
      ...extra,
    }),
  );
}

/** Serves the source archives of opam packages that a scenario holds, and nothing else. */
function archivesOf(directory: string | undefined): HttpClient {
  const host = "https://opam.example/";
  return {
    fetch: ({ url }) => {
      try {
        const name = url.startsWith(host) ? url.slice(host.length) : "";
        const body = readFileSync(`${directory ?? ""}/archives/${name}`);
        return Promise.resolve({ status: 200, url, body, contentType: "", isFromCache: false });
      } catch {
        return Promise.resolve({ status: 404, url, body: new Uint8Array(), contentType: "", isFromCache: false });
      }
    },
  };
}
