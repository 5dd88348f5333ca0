import type { Ecosystem } from "../../src/ecosystems/ecosystem.ts";
import type { Manifest } from "../../src/model/manifest.ts";
import type { ResolveRequest } from "../../src/resolve/request.ts";

/**
 * A request for {@link resolveService} with nothing in it but the given ecosystems and manifests: one system, no network,
 * no files. `extra` replaces what a test is about.
 */
export function resolveRequest(
  ecosystems: readonly Ecosystem[],
  manifests: readonly Manifest[],
  extra: Partial<ResolveRequest> = {},
): ResolveRequest {
  return {
    projectDirectory: "/nowhere",
    ecosystems: new Map(ecosystems.map((ecosystem) => [ecosystem.id, ecosystem])),
    manifests,
    serviceRequirements: [],
    declaredEdges: [],
    systems: ["x86_64-linux"],
    registries: new Map(),
    options: { settings: new Map() },
    http: { fetch: () => Promise.reject(new Error("no network in this test")) },
    files: { readFile: () => undefined, readDirectory: () => undefined, kind: () => undefined },
    environmentVariables: {},
    nowMs: 0,
    isOffline: true,
    limits: {},
    signal: new AbortController().signal,
    ...extra,
  };
}
