/** Problems over a real HTTP index on 127.0.0.1. */
import { pypi } from "../../../src/ecosystems/pypi/index.ts";
import type { ManifestContext } from "../../../src/ecosystems/ecosystem.ts";
import type { Manifest } from "../../../src/model/manifest.ts";
import { createHttpClient } from "../../../src/net/client.ts";
import { resolveService } from "../../../src/resolve.ts";
import type { ResolveRequest, ResolveResult } from "../../../src/resolve/request.ts";
import { resolveRequest } from "../../helpers/resolve-request.ts";
import { startRegistryServer, type RegistryServer } from "../../helpers/registry-server.ts";
import { pythons } from "./memory-index.ts";
import { simpleIndex, type WrittenFile } from "./wheel-writer.ts";

const noFiles: ManifestContext = {
  projectDirectory: "/project",
  files: { readFile: () => undefined, readDirectory: () => undefined, kind: () => undefined },
};

/** A manifest from its text. */
export function manifestOf(file: string, text: string): Manifest {
  const reading = pypi.readManifest(file, new TextEncoder().encode(text), noFiles);
  if (reading.manifest === undefined) throw new Error(JSON.stringify(reading.diagnostics));
  return reading.manifest;
}

/** A server of the given projects that stops with the test. */
export async function startIndex(projects: Readonly<Record<string, readonly WrittenFile[]>>): Promise<RegistryServer> {
  return (await startRegistryServer()).serveFrom(simpleIndex(new Map(Object.entries(projects))));
}

/** Resolves manifests over a server, without a cache and without waiting between retries. */
export async function resolveOver(
  server: RegistryServer,
  manifests: readonly Manifest[],
  extra: Partial<ResolveRequest> & { readonly python?: string } = {},
): Promise<ResolveResult> {
  const { python = "3.12.1", ...request } = extra;
  return await resolveService(
    resolveRequest([pythons([python]), pypi], manifests, {
      http: createHttpClient({ retry: { retries: 1 }, sleep: async () => {} }),
      isOffline: false,
      registries: new Map([["pypi", [{ kind: "http", url: `${server.url}/simple/` }]]]),
      ...request,
    }),
  );
}
