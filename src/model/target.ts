/** A nixpkgs system: `x86_64-linux`, `aarch64-linux`, `x86_64-darwin`, `aarch64-darwin`. */
export type SystemName = string;

/** What is resolved for: one system with the toolchain versions that were settled for it. */
export interface Target {
  readonly system: SystemName;
  /** Toolchain name (`python`, `node`, `rustc`, `ocaml`) to its full version on this target. */
  readonly tools: ReadonlyMap<string, string>;
}
