import type { Ecosystem } from "../ecosystems/ecosystem.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { EnkiError } from "../model/enki-error.ts";
import type { Manifest } from "../model/manifest.ts";
import type { EcosystemId } from "../model/requirement.ts";
import type { ResolvedPackage, Resolution } from "../model/resolution.ts";

/** The versions that a project was locked at by the ecosystems' own tools. */
export interface ImportedPins {
  /** Pins to prefer, as the `previous` resolution of a request; absent when there are none. */
  readonly previous?: Resolution;
  /** The native lockfiles that were read. */
  readonly paths: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads the native lockfiles beside the manifests, so that the first resolution of a project that was locked before
 * moves nothing that need not move: of each manifest the best one that pins something. Only versions and commits count; every other fact comes from the registries. A
 * lockfile that can't be read is a warning.
 */
export function importPins(
  ecosystems: ReadonlyMap<EcosystemId, Ecosystem>,
  manifests: readonly Manifest[],
  read: (path: string) => string | undefined,
): ImportedPins {
  const packages: ResolvedPackage[] = [];
  const paths: string[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const ecosystem of ecosystems.values()) {
    for (const manifest of manifests) {
      if (manifest.ecosystem !== ecosystem.id) continue;
      for (const path of ecosystem.nativeLocks?.(manifest) ?? []) {
        // Members of a workspace share one.
        if (paths.includes(path)) break;
        const text = read(path);
        if (text === undefined) continue;
        try {
          const pins = ecosystem.importLock?.(path, text) ?? [];
          packages.push(...pins);
          paths.push(path);
          // The tools too read the best of them alone; others may be left over from earlier.
          if (pins.length > 0) break;
        } catch (error) {
          if (!(error instanceof EnkiError)) throw error;
          diagnostics.push({
            code: "unreadable-native-lock",
            severity: "warning",
            message: `the versions in ${path} are not kept: ${error.message}`,
            origin: { file: path },
          });
        }
      }
    }
  }
  if (packages.length === 0) return { paths: [], diagnostics };
  const nothing = { roots: [], instances: [], edges: [], targets: [], provenance: [], fidelity: [] };
  return { previous: { ...nothing, packages }, paths, diagnostics };
}
