import type { SourceContext } from "../../ecosystem.ts";
import { EnkiError } from "../../../model/enki-error.ts";
import type { CrateSource } from "../package/crate-source.ts";
import { publicRegistry, registrySource } from "../package/crate-source.ts";
import { ArchiveRegistry } from "./archive-registry.ts";
import type { CargoConfiguration } from "./configuration.ts";
import { readConfiguration } from "./configuration.ts";
import { DirectoryRegistry } from "./directory-registry.ts";
import { GitRegistry } from "./git-registry.ts";
import type { Registry } from "./registry.ts";
import { SparseRegistry } from "./sparse-registry.ts";

const publicIndex = "https://index.crates.io/";

type Location = SourceContext["registries"][number];

/**
 * Where each source is really read: the registries given for this run, then cargo's own configuration. A location
 * without a name stands in for the public registry, as a source replacement does: locks still name the original.
 */
export class Registries {
  readonly #context: SourceContext;
  readonly #configuration: CargoConfiguration;
  readonly #opened = new Map<string, Registry>();

  readonly #lockedCommit: (source: CrateSource) => string | undefined;

  constructor(context: SourceContext, lockedCommit: (source: CrateSource) => string | undefined) {
    this.#context = context;
    this.#lockedCommit = lockedCommit;
    this.#configuration = readConfiguration(context);
  }

  /** The registries that were read, sorted by source. */
  get opened(): readonly Registry[] {
    return [...this.#opened.values()].toSorted((a, b) => (a.source.id < b.source.id ? -1 : 1));
  }

  /** The source that a registry's name means, or `undefined` when no configuration knows it. */
  named(name: string): CrateSource | undefined {
    if (name === "crates-io") return publicRegistry;
    const configured = this.#configuration.indexes.get(name);
    if (configured !== undefined) return registrySource(configured);
    const location = this.#context.registries.find((registry) => registry.name === name);
    if (location === undefined) return undefined;
    return location.kind === "http" ? registrySource(withSparse(location.url)) : registrySource(`file:${name}`);
  }

  /** The registry that serves a source. */
  of(source: CrateSource): Registry | undefined {
    if (source.kind === "path") return undefined;
    const known = this.#opened.get(source.id);
    if (known !== undefined) return known;
    const registry = source.kind === "git" ? this.#openGit(source) : this.#open(source);
    this.#opened.set(source.id, registry);
    return registry;
  }

  #openGit(source: Extract<CrateSource, { kind: "git" }>): Registry {
    return new GitRegistry(source, {
      git: this.#context.git,
      lockedCommit: this.#lockedCommit(source),
      named: (name) => this.named(name),
    });
  }

  #open(source: CrateSource): Registry {
    const location = this.#locationOf(source);
    const { files, projectDirectory, http, environmentVariables } = this.#context;
    if (location.kind === "path") {
      const path = location.path.startsWith("/") ? location.path : `${projectDirectory}/${location.path}`;
      const kind = files.kind(path);
      if (kind === "directory") return new DirectoryRegistry(source, files, path, location.path);
      if (kind === "file") return new ArchiveRegistry(source, files, path, location.path);
      throw new EnkiError("not-found", `there is no crates index at ${location.path}`, {
        hint: "give the directory of an index, a local registry, or a .tar or .tar.gz of one",
      });
    }
    const token = this.#configuration.tokenOf(source, location.name, environmentVariables);
    return new SparseRegistry(source, http, location.url.replace(/^sparse\+/u, ""), token);
  }

  #locationOf(source: CrateSource): Location {
    const { registries } = this.#context;
    if (source.id === publicRegistry.id) {
      const replacement = registries.find(({ name }) => name === undefined || name === "crates-io");
      return replacement ?? this.#configuration.replacement ?? { kind: "http", url: publicIndex };
    }
    const given = registries.find(({ name }) => name !== undefined && this.named(name)?.id === source.id);
    if (given !== undefined) return given;
    const name = [...this.#configuration.indexes].find(([, url]) => registrySource(url).id === source.id)?.[0];
    if (source.id.startsWith("sparse+")) {
      return { kind: "http", url: source.id.slice("sparse+".length), ...(name === undefined ? {} : { name }) };
    }
    throw new EnkiError("unsupported", `the registry ${source.id} is a git repository`, {
      hint: "use its sparse index (sparse+https://…/), or give a checkout of it as a directory",
    });
  }
}

function withSparse(url: string): string {
  return url.startsWith("sparse+") ? url : `sparse+${url}`;
}
