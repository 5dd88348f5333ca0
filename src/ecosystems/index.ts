import type { Ecosystem } from "./ecosystem.ts";

/** Every ecosystem that Enki knows, loaded on demand: this list is the only place outside their folders that names them. */
export const ecosystems: ReadonlyMap<string, () => Promise<Ecosystem>> = new Map<string, () => Promise<Ecosystem>>([
  ["cargo", async () => (await import("./cargo/index.ts")).cargo],
  ["nix", async () => (await import("./nix/index.ts")).nix],
  ["npm", async () => (await import("./npm/index.ts")).npm],
  ["opam", async () => (await import("./opam/index.ts")).opam],
  ["pypi", async () => (await import("./pypi/index.ts")).pypi],
]);
