import type { Origin } from "../../../model/origin.ts";
import { EnkiError } from "../../../model/enki-error.ts";
import type { LocalPackage, ManifestDependency } from "../manifest/manifest-document.ts";
import { gitSource, pathSource, publicRegistry, registrySource } from "./crate-source.ts";
import type { CrateSource } from "./crate-source.ts";
import { buildFeatureTable } from "./features.ts";
import type { CrateDependency, Release } from "./release.ts";

/** A declaration of a manifest: it knows where it stands. */
export interface LocalDependency extends CrateDependency {
  readonly origin: Origin;
}

/**
 * Turns a local package into a release, with names of registries replaced by what they mean. Within a `repository` the
 * packages beside it come from there too, and places in its manifests mean nothing to the reader.
 */
export function localRelease(
  local: LocalPackage,
  named: (name: string) => CrateSource | undefined,
  repository?: CrateSource,
): Release {
  const dependencies = local.dependencies.map((dependency): CrateDependency | LocalDependency => {
    const { origin, ...rest } = dependency;
    if (repository === undefined) return { ...rest, source: declaredSource(dependency, named), origin };
    return { ...rest, source: rest.source.kind === "path" ? repository : declaredSource(dependency, named) };
  });
  const features = buildFeatureTable(local.features, dependencies);
  if (typeof features === "string") throw new EnkiError("invalid-manifest", `${local.file}: ${features}`);
  return {
    crate: local.name,
    version: local.version,
    source: pathSource(local.directory),
    checksum: undefined,
    dependencies,
    features,
    links: local.links,
    rustVersion: local.rustVersion,
  };
}

/** The source that a declaration means. A registry that no configuration knows throws an EnkiError. */
export function declaredSource(
  { alias, source, origin }: ManifestDependency,
  named: (name: string) => CrateSource | undefined,
): CrateSource {
  if (source.kind === "path") return pathSource(source.directory);
  if (source.kind === "git") return gitSource(source.url, source.reference);
  if (source.indexUrl !== undefined) return registrySource(source.indexUrl);
  if (source.name === undefined) return publicRegistry;
  const known = named(source.name);
  if (known !== undefined) return known;
  throw new EnkiError(
    "invalid-configuration",
    `\`${alias}\` comes from the registry \`${source.name}\`, which is not configured`,
    {
      hint: `add [registries.${source.name}] with its index to .cargo/config.toml`,
      diagnostics: [
        {
          code: "cargo-unknown-registry",
          severity: "error",
          message: `the registry \`${source.name}\` is not configured`,
          origin,
        },
      ],
    },
  );
}
