import { formatIntegrity, parseIntegrity, strongestDigests } from "../formats/integrity.ts";
import { anonymousGitUrl } from "../formats/git-url.ts";
import { EnkiError } from "../model/enki-error.ts";
import type { Artifact, ResolvedPackage } from "../model/resolution.ts";
import { refuseUnprintable } from "./nix-text.ts";
import { storeName } from "./store-name.ts";

/** One fixed-output fetch. */
export type PlannedSource = {
  readonly name: string;
  readonly url: string;
  /** sha256 or sha512, canonical. For a checkout the hash of its tree. */
  readonly hash: string;
  /** A Git checkout: the commit. */
  readonly revision?: string;
};

/** What the user allows against the defaults. */
export interface SourcePolicy {
  /** Plain http, for registries inside a network. */
  readonly allowInsecureUrls: boolean;
}

/** The sources of a plan: one per artefact, however often it is used. */
export class SourceTable {
  readonly #policy: SourcePolicy;
  readonly #sources = new Map<string, PlannedSource>();

  constructor(policy: SourcePolicy) {
    this.#policy = policy;
  }

  /** The key of an artefact's source. Throws an EnkiError (`invalid-lock`) for one that Nix could not fetch safely. */
  add(package_: ResolvedPackage, artifact: Artifact): string {
    const source = this.#plan(package_, artifact);
    const known = this.#sources.get(source.name);
    const isSame = known === undefined || (known.hash === source.hash && known.url === source.url);
    const key = isSame ? source.name : storeName(`${source.name} ${source.url} ${source.hash}`);
    this.#sources.set(key, { ...source, name: key });
    return key;
  }

  /** Whether a source is the tree of a Git commit. */
  isCheckout(key: string): boolean {
    return this.#sources.get(key)?.revision !== undefined;
  }

  /** The hexadecimal SHA-256 of a source, when that is its hash. */
  sha256Of(key: string): string | undefined {
    const hash = this.#sources.get(key)?.hash ?? "";
    return hash.startsWith("sha256-") ? Buffer.from(hash.slice("sha256-".length), "base64").toString("hex") : undefined;
  }

  /** Every source by key. */
  entries(): ReadonlyMap<string, PlannedSource> {
    return this.#sources;
  }

  #plan(package_: ResolvedPackage, artifact: Artifact): PlannedSource {
    const isCheckout = artifact.kind === "git" || artifact.kind === "version-control" || artifact.url.startsWith("git");
    const url = checkedUrl(package_, isCheckout ? anonymousGitUrl(artifact.url) : artifact.url, this.#policy);
    const hash = checkedHash(package_, artifact, isCheckout);
    if (!isCheckout) return { name: storeName(fileName(package_, url)), url: url.href, hash };
    const revision = /(?:^|[#=:])([0-9a-f]{40,64})$/.exec(url.hash.slice(1))?.[1];
    if (revision === undefined) {
      throw refused(package_, `its Git source ${url.href} names no commit`, "lock it again: Enki pins the commit");
    }
    url.hash = "";
    return { name: storeName(`${package_.name}-${package_.version}`), url: url.href, hash, revision };
  }
}

/** The file's own name in the URL, unless another package could have the same. */
function fileName(package_: ResolvedPackage, url: URL): string {
  const last = decoded(url.pathname.slice(url.pathname.lastIndexOf("/") + 1));
  const extension = /(?:\.tar)?\.[A-Za-z0-9]{1,8}$/.exec(last)?.[0] ?? "";
  if (last.endsWith(".whl")) return last;
  const name = package_.name.replace(/^@/, "").replace("/", "-");
  return `${name}-${package_.version}${package_.ecosystem === "cargo" ? ".crate" : extension}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function checkedUrl(package_: ResolvedPackage, text: string, policy: SourcePolicy): URL {
  refuseUnprintable(text);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.hostname === "") {
    throw refused(package_, `it has no usable URL (${JSON.stringify(text)})`, "lock it again");
  }
  if (url.username !== "" || url.password !== "") {
    throw refused(package_, "its URL holds credentials", "put them into a netrc file of the Nix daemon instead");
  }
  if (url.protocol !== "https:" && !(policy.allowInsecureUrls && url.protocol === "http:")) {
    throw refused(
      package_,
      `its URL is not https (${url.protocol}//${url.host})`,
      "use a registry with https, or set insecure-urls = true under [outputs] in enki.toml: the hash is checked either way",
    );
  }
  return url;
}

function checkedHash(package_: ResolvedPackage, artifact: Artifact, isCheckout: boolean): string {
  const { integrity } = artifact;
  if (integrity === undefined) {
    const what = isCheckout ? "hash of its checkout" : "hash of its file";
    throw refused(
      package_,
      `the lock has no ${what} (${artifact.url})`,
      isCheckout
        ? "run enki resolve again; a repository with submodules, or whose attributes change files, needs a released archive"
        : "run enki resolve --prefetch: it downloads the file, and locks its sha512",
    );
  }
  const digests = parseIntegrity(integrity);
  if (digests === undefined) {
    throw refused(package_, `its hash ${JSON.stringify(integrity)} is not Subresource Integrity`, "lock it again");
  }
  // Nix 2.8 reads no more than the first hash of a list, and knows no sha384: one strong hash is chosen here.
  const usable = digests.filter(({ algorithm }) => algorithm === "sha256" || algorithm === "sha512");
  if (usable.length === 0) {
    throw refused(
      package_,
      `its only hash is ${JSON.stringify(integrity)}, which is too weak or unknown to Nix`,
      "run enki resolve --prefetch: it checks that hash once, and locks the sha512 of the same bytes",
    );
  }
  return strongestDigests(usable).map(formatIntegrity).toSorted()[0] ?? "";
}

function refused(package_: ResolvedPackage, problem: string, hint: string): EnkiError {
  return new EnkiError("invalid-lock", `${package_.id} can't be emitted for Nix: ${problem}`, { hint });
}
