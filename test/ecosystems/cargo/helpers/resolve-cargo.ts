import { cargo } from "../../../../src/ecosystems/cargo/index.ts";
import type { RegistryLocation } from "../../../../src/ecosystems/ecosystem.ts";
import type { ManifestReading } from "../../../../src/model/manifest.ts";
import type { FileSystem } from "../../../../src/model/file-system.ts";
import { nodeFileSystem } from "../../../../src/net/node-file-system.ts";
import { resolveService } from "../../../../src/resolve.ts";
import type { ResolveRequest, ResolveResult } from "../../../../src/resolve/request.ts";
import { resolveRequest } from "../../../helpers/resolve-request.ts";
import { standInNix } from "./stand-in-nix.ts";

/** What a test resolves: Cargo.toml files of one project over one registry. */
export interface CargoProject {
  readonly projectDirectory: string;
  /** Relative paths of manifests; `Cargo.toml` when absent. */
  readonly manifests?: readonly string[];
  readonly registries: readonly RegistryLocation[];
  readonly files?: FileSystem;
  /** The version of the toolchain; any requirement on it is met when absent. */
  readonly rustc?: string;
  readonly request?: Partial<ResolveRequest>;
  /** The native lockfile that stands there already. */
  readonly existing?: (path: string) => string | undefined;
}

/** Reads the manifests of a project; throws when one of them is missing. */
function readManifests(project: CargoProject): readonly ManifestReading[] {
  const files = project.files ?? nodeFileSystem;
  return (project.manifests ?? ["Cargo.toml"]).map((path) => {
    const bytes = files.readFile(`${project.projectDirectory}/${path}`);
    if (bytes === undefined) throw new Error(`there is no ${path}`);
    return cargo.readManifest(path, bytes, { projectDirectory: project.projectDirectory, files });
  });
}

/** Resolves a project with cargo alone; errors in its manifests throw. */
export async function resolveCargo(project: CargoProject): Promise<ResolveResult> {
  const manifests = readManifests(project).map(({ manifest, diagnostics }) => {
    if (manifest === undefined) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
    return manifest;
  });
  return resolveService(
    resolveRequest([cargo, standInNix(project.rustc)], manifests, {
      projectDirectory: project.projectDirectory,
      files: project.files ?? nodeFileSystem,
      registries: new Map([["cargo", project.registries]]),
      ...project.request,
    }),
    project.existing,
  );
}
