import { createRequire } from "node:module";
import { EnkiError } from "../../model/enki-error.ts";

let known: string | undefined;

/**
 * The registry that npm falls back to when nothing is configured, as npm's own fetching library knows it. Only that one
 * small file is read: loading pacote for it would cost a fifth of a second at every start.
 *
 * Throws an EnkiError (`invalid-configuration`) when the library no longer says.
 */
export function npmDefaultRegistry(): string {
  known ??= readDefault();
  return known;
}

function readDefault(): string {
  const pacote = createRequire(import.meta.url).resolve("pacote");
  const defaults: unknown = createRequire(pacote)("npm-registry-fetch/lib/default-opts.js");
  const isRecord = typeof defaults === "object" && defaults !== null && "registry" in defaults;
  if (isRecord && typeof defaults.registry === "string") return defaults.registry;
  throw new EnkiError("invalid-configuration", "no npm registry is configured, and npm's default is not known", {
    hint: "name one: registry=URL in .npmrc, or --registry npm=URL",
  });
}
