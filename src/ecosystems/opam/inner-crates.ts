import type { NestedProject, SourceContext } from "../ecosystem.ts";
import { matchesIntegrity, parseIntegrity } from "../../formats/integrity.ts";
import { tarFiles } from "../../formats/tar.ts";
import { EnkiError } from "../../model/enki-error.ts";
import type { Candidate } from "./candidates.ts";
import type { OpamDefinition } from "./definition.ts";
import { artifactsOf } from "./details.ts";

const MAXIMUM_ARCHIVE_BYTES = 256 * 1024 ** 2;

/** The crate in a package's sources, or why it is not known. */
export type InnerCrate = { readonly project: NestedProject } | { readonly problem: string };

/**
 * The crates inside of packages whose build runs cargo. Their sources are downloaded while resolving, because nothing
 * else says what they need; only Cargo.toml and Cargo.lock are read.
 */
export class InnerCrates {
  readonly #context: Pick<SourceContext, "http" | "isOffline">;
  readonly #known = new Map<Candidate, InnerCrate>();

  constructor(context: Pick<SourceContext, "http" | "isOffline">) {
    this.#context = context;
  }

  /** `undefined` until {@link load} was called for the candidate. */
  of(candidate: Candidate): InnerCrate | undefined {
    return this.#known.get(candidate);
  }

  async load(candidate: Candidate, definition: OpamDefinition): Promise<void> {
    if (this.#known.has(candidate)) return;
    try {
      this.#known.set(candidate, await this.#read(candidate, definition));
    } catch (error) {
      if (!(error instanceof EnkiError) || error.code === "aborted") throw error;
      this.#known.set(candidate, { problem: error.message });
    }
  }

  async #read(candidate: Candidate, definition: OpamDefinition): Promise<InnerCrate> {
    const archive = artifactsOf(definition).find(({ kind }) => kind === "source");
    if (archive === undefined) return { problem: "it has no source archive" };
    if (/\.t?(?:bz2?|xz|zip)$/i.test(archive.url)) return { problem: `${archive.url} is no .tar or .tar.gz` };
    const { name, version, id } = candidate;
    const document = await this.#context.http.fetch({
      url: archive.url,
      cache: "immutable",
      maxBytes: MAXIMUM_ARCHIVE_BYTES,
      what: `${name} ${version}`,
    });
    if (document.status === 404) return { problem: `there is nothing at ${archive.url}` };
    const digests = archive.integrity === undefined ? undefined : parseIntegrity(archive.integrity);
    if (digests === undefined) return { problem: "its archive has no strong hash" };
    if (!matchesIntegrity(document.body, digests)) {
      throw new EnkiError("integrity-mismatch", `${archive.url} is not the file that opam's repository names`);
    }
    const files = new Map<string, string>();
    for (const { path, body } of tarFiles(document.body, archive.url)) {
      const inner = path.slice(path.indexOf("/") + 1);
      if (/(?:^|\/)Cargo\.(?:toml|lock)$/.test(inner)) files.set(inner, new TextDecoder().decode(body));
    }
    const [manifest] = [...files.keys()]
      .filter((path) => path.endsWith(".toml"))
      .toSorted((left, right) => left.split("/").length - right.split("/").length || (left < right ? -1 : 1));
    if (manifest === undefined) return { problem: "there is no Cargo.toml in its sources" };
    const beside = manifest.replace(/Cargo\.toml$/, "Cargo.lock");
    const lock = files.has(beside) ? beside : undefined;
    const why = `the crate that the build of ${name} ${version} runs cargo for`;
    return { project: { ecosystem: "cargo", within: id, files, manifest, lock, why } };
  }
}
