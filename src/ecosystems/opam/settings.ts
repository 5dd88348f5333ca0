import { EnkiError } from "../../model/enki-error.ts";
import type { ResolveOptions, EcosystemSetting } from "../ecosystem.ts";
import { requestFlags, variableSettings, variablesOf, wantedFlags } from "./environment.ts";

/** Which compiler the environment gets when no manifest names one. */
export type CompilerChoice =
  /**
   * A released `ocaml-base-compiler`, other compilers only when nothing else works. With `isFromNixpkgs` its version
   * is one that the pinned nixpkgs offers.
   */
  | { readonly kind: "default"; readonly isFromNixpkgs: boolean }
  | { readonly kind: "none" }
  | { readonly kind: "package"; readonly name: string; readonly version: string };

/** The settings of opam, decoded. */
export interface OpamSettings {
  /** `opam`: decide depth first in the order of writing, as opam's solver 0install does. */
  readonly order: "default" | "opam";
  readonly compiler: CompilerChoice;
  readonly wanted: ReadonlySet<string>;
  /** Values of opam's variables that the target does not decide. */
  readonly variables: ReadonlyMap<string, string>;
}

/** What `[opam]` in enki.toml may hold. */
export const opamSettings: readonly EcosystemSetting[] = [
  {
    name: "order",
    type: "string",
    values: ["default", "opam"],
    summary: "`opam` decides in the order of opam's own solver (builtin-0install) and gives its very answers.",
  },
  {
    name: "compiler",
    type: "string",
    summary:
      "The OCaml compiler: `nixpkgs` (default: a release that the pinned nixpkgs offers), `opam` (any release, built from source), a version (`5.4.1`), a package (`ocaml-variants.5.4.1+options`), or `none`.",
  },
  ...requestFlags.map((name): EcosystemSetting => ({
    name,
    type: "boolean",
    summary: `Whether dependencies filtered by \`${name}\` count for the packages that the manifests name.`,
  })),
  ...variableSettings.map((name): EcosystemSetting => ({
    name,
    type: "string",
    summary: `The value of opam's variable \`${name}\` in filters.`,
  })),
];

/** Decodes the settings. Throws an EnkiError with the code `invalid-configuration`. */
export function readSettings(options: ResolveOptions): OpamSettings {
  const order = options.settings.get("order") ?? "default";
  if (order !== "default" && order !== "opam") {
    throw new EnkiError("invalid-configuration", "the opam setting order is neither `default` nor `opam`");
  }
  return {
    order,
    compiler: readCompiler(options.settings.get("compiler")),
    wanted: wantedFlags(options.settings),
    variables: variablesOf(options.settings),
  };
}

function readCompiler(value: unknown): CompilerChoice {
  if (value === undefined || value === "nixpkgs") return { kind: "default", isFromNixpkgs: true };
  if (value === "opam") return { kind: "default", isFromNixpkgs: false };
  if (value === "none") return { kind: "none" };
  if (typeof value === "string") {
    const parsed = /^(?:(?<name>[A-Za-z][\w+-]*)\.)?(?<version>[0-9][\w.+~-]*)$/u.exec(value)?.groups;
    const version = parsed?.["version"];
    if (version !== undefined) return { kind: "package", name: parsed?.["name"] ?? "ocaml-base-compiler", version };
  }
  throw new EnkiError("invalid-configuration", "the opam setting compiler is not a compiler", {
    hint: "give nixpkgs, opam, a version such as 5.4.1, a package such as ocaml-variants.5.4.1+options, or none",
  });
}
