import type { CrateSource } from "../package/crate-source.ts";
import type { Catalog } from "../registry/catalog.ts";
import type { Registry } from "../registry/registry.ts";

/** The catalogs of one problem: each crate is asked for once, all that are wanted at the same time. */
export class CatalogStore {
  readonly #registryOf: (source: CrateSource) => Registry | undefined;
  readonly #known = new Map<string, Catalog | "missing">();
  readonly #pending = new Map<string, Promise<void>>();
  readonly #similar = new Map<string, readonly string[]>();

  /** Patches may add to a catalog, or make one where there is none. */
  readonly #overlay: (crate: string, source: CrateSource, found: Catalog | undefined) => Catalog | undefined;

  constructor(
    registryOf: (source: CrateSource) => Registry | undefined,
    overlay: (crate: string, source: CrateSource, found: Catalog | undefined) => Catalog | undefined,
  ) {
    this.#registryOf = registryOf;
    this.#overlay = overlay;
  }

  /** `undefined` while it is not loaded. */
  get(crate: string, source: CrateSource): Catalog | "missing" | undefined {
    return this.#known.get(catalogKey(crate, source));
  }

  /** Crates that exist under almost the name of one that does not. */
  similar(crate: string, source: CrateSource): readonly string[] {
    return this.#similar.get(catalogKey(crate, source)) ?? [];
  }

  /** Makes {@link get} answer. */
  load(crate: string, source: CrateSource, signal: AbortSignal): Promise<void> {
    const key = catalogKey(crate, source);
    if (this.#known.has(key)) return Promise.resolve();
    let pending = this.#pending.get(key);
    if (pending === undefined) {
      pending = this.#fetch(key, crate, source, signal);
      this.#pending.set(key, pending);
    }
    return pending;
  }

  async #fetch(key: string, crate: string, source: CrateSource, signal: AbortSignal): Promise<void> {
    try {
      const registry = this.#registryOf(source);
      const catalog = this.#overlay(crate, source, await registry?.load(crate, signal));
      // A file may be there for a name that differs in case only: then it lists nothing under this one.
      if (catalog !== undefined && catalog.entries.length > 0) {
        this.#known.set(key, catalog);
        return;
      }
      if (registry !== undefined) this.#similar.set(key, await existingVariants(crate, registry, signal));
      this.#known.set(key, "missing");
    } finally {
      this.#pending.delete(key);
    }
  }
}

/** Names that cargo would try too before it gives up: other hyphens, lower case. */
async function existingVariants(crate: string, registry: Registry, signal: AbortSignal): Promise<readonly string[]> {
  const lower = crate.toLowerCase();
  const variants = new Set([lower, lower.replaceAll("-", "_"), lower.replaceAll("_", "-")]);
  variants.delete(crate);
  const found = await Promise.all(
    [...variants].map(async (variant) => ({ variant, catalog: await registry.load(variant, signal) })),
  );
  return found.flatMap(({ variant, catalog }) => ((catalog?.entries.length ?? 0) > 0 ? [variant] : []));
}

function catalogKey(crate: string, source: CrateSource): string {
  return `${crate} ${source.id}`;
}
