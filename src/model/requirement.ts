import type { Origin } from "./origin.ts";

/** `npm`, `pypi`, `cargo`, `opam`, `nix`: only the ecosystem itself and `ecosystems/index.ts` spell these out. */
export type EcosystemId = string;

/**
 * Why an edge exists.
 * `runtime`: needed to run; `optional`: wanted, may be absent; `peer`: shared with the dependent's surroundings;
 * `dev`: only for working on a root; `build`: only to build the dependent; `link`: a system library; `tool`: a toolchain.
 */
export type EdgeKind = "runtime" | "optional" | "peer" | "dev" | "build" | "link" | "tool";

/** `run`, `dev`, or `build:<package id>`: which installation a package belongs to. PyPI, opam and nix hold one version of a name per environment. */
export type EnvironmentId = string;

/** A requirement on a package of another ecosystem: plain data, because ecosystems never import each other. */
export interface ForeignRequirement {
  readonly ecosystem: EcosystemId;
  /** The name as the foreign ecosystem writes it. Toolchains of `nix` are called `tool:python`, `tool:node`, `tool:rustc`, `tool:ocaml`, `tool:cc`. */
  readonly name: string;
  /** The range as it was written, in the words of {@link rangeSyntax}; `*` for any version. */
  readonly range: string;
  /** Whose range language {@link range} is written in; the target's own when absent. */
  readonly rangeSyntax?: EcosystemId;
  readonly features?: readonly string[];
  readonly environment?: EnvironmentId;
  readonly kind: EdgeKind;
  /** Which rule made this edge, in words: `requires-python of numpy 2.1.0`. */
  readonly why: string;
  readonly origin?: Origin;
}

/** One requirement of a manifest, as it was written. */
export interface ManifestRequirement {
  /** The name under which the ecosystem knows the package (normalised by the ecosystem). */
  readonly name: string;
  /** The range exactly as written. */
  readonly range: string;
  readonly kind: EdgeKind;
  readonly features?: readonly string[];
  /** The marker, cfg or filter, exactly as written. */
  readonly condition?: string;
  readonly origin: Origin;
}
