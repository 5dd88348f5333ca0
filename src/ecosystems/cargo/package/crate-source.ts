/** Where releases of a crate come from. Two releases of one name from different sources are different packages. */
export type CrateSource =
  | { readonly kind: "registry"; /** `registry+URL` or `sparse+URL`, as locks write it. */ readonly id: string }
  | {
      readonly kind: "git";
      /** `git+URL` with the reference in its query, as locks write it, without the commit. */
      readonly id: string;
      readonly url: string;
      readonly reference: GitReference;
    }
  | {
      readonly kind: "path";
      /** `path+` and the directory. */
      readonly id: string;
      /** Relative to the project's root, with forward slashes; empty for the root itself. */
      readonly directory: string;
    };

/** Which commit of a git repository is meant. */
export type GitReference =
  | { readonly kind: "branch" | "tag" | "rev"; readonly name: string }
  /** The default branch. */
  | { readonly kind: "default" };

/** How locks name the public registry, whatever protocol or mirror serves it. */
export const publicRegistry: CrateSource = {
  kind: "registry",
  id: "registry+https://github.com/rust-lang/crates.io-index",
};

/** The source of a registry with this index URL (`sparse+https://…/` or a git URL). */
export function registrySource(indexUrl: string): CrateSource {
  if (indexUrl.startsWith("sparse+")) {
    if (indexUrl === "sparse+https://index.crates.io/") return publicRegistry;
    return { kind: "registry", id: indexUrl.endsWith("/") ? indexUrl : `${indexUrl}/` };
  }
  const id = indexUrl.startsWith("registry+") ? indexUrl : `registry+${indexUrl}`;
  return id === publicRegistry.id || id === `${publicRegistry.id}.git` ? publicRegistry : { kind: "registry", id };
}

/** The source of a local package. */
export function pathSource(directory: string): CrateSource {
  return { kind: "path", id: `path+${directory}`, directory };
}

/** The source of a package in a git repository. */
export function gitSource(url: string, reference: GitReference): CrateSource {
  const query = reference.kind === "default" ? "" : `?${reference.kind}=${encodeReference(reference.name)}`;
  return { kind: "git", id: `git+${url}${query}`, url, reference };
}

/** The form encoding that lock version 4 uses for branch and tag names. */
function encodeReference(name: string): string {
  return new URLSearchParams({ _: name }).toString().slice(2);
}
