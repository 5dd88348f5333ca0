import type { SystemName } from "../model/target.ts";

const ARCHITECTURES: ReadonlyMap<string, string> = new Map([
  ["x64", "x86_64"],
  ["arm64", "aarch64"],
]);

/** The nixpkgs system of this machine; `x86_64-linux` where nixpkgs has none. */
export function hostSystem(platform: string, architecture: string): SystemName {
  const machine = ARCHITECTURES.get(architecture);
  if (machine === undefined || (platform !== "linux" && platform !== "darwin")) return "x86_64-linux";
  return `${machine}-${platform}`;
}

/** Where Enki keeps what it downloaded: `ENKI_CACHE_DIR`, else `enki` in the user's cache directory. */
export function cacheDirectory(
  environment: Readonly<Record<string, string | undefined>>,
  homeDirectory: string,
): string {
  const own = environment["ENKI_CACHE_DIR"];
  if (own !== undefined && own !== "") return own;
  const shared = environment["XDG_CACHE_HOME"];
  // The base directory specification: relative paths are invalid and must be ignored.
  return shared?.startsWith("/") === true ? `${shared}/enki` : `${homeDirectory}/.cache/enki`;
}
