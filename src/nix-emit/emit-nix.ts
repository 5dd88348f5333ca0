import { readFileSync, readdirSync } from "node:fs";
import { createHash } from "node:crypto";
import { canonicalJson } from "../model/canonical-json.ts";
import type { OutputFile, Resolution } from "../model/resolution.ts";
import { makePlan } from "./make-plan.ts";
import { refuseUnprintable } from "./nix-text.ts";
import { writeDefaultNix, writeFlakeNix, writeOverlayNix, writeOverridesNix } from "./write-default.ts";

/** What to emit, and how. */
export interface EmitOptions {
  /** The bytes of enki.lock as they stand in the project: the emitted Nix refuses any other. */
  readonly lockText: string;
  /** A file that stands in the project now. Files of the user are written only where there is none. */
  existing(path: string): string | undefined;
  /** Also a flake.nix. */
  readonly flake?: boolean;
  /** npm packages whose install scripts are run, each in a derivation of its own. None when absent. */
  readonly builtPackages?: readonly string[];
  /** Plain http, for registries inside a network. */
  readonly allowInsecureUrls?: boolean;
}

/** Where everything that Enki owns is written; the whole folder but overrides.nix is its own. */
export const emissionFolder = "nix/enki";

const libraryFolder = new URL("./lib/", import.meta.url);

/**
 * The Nix files for a lock, sorted by path: deterministic, from the lock alone. Throws an EnkiError for a lock that
 * can't be emitted: a file without a usable hash or URL, a system package without an attribute, a hostile name.
 */
export function emitNix(resolution: Resolution, options: EmitOptions): readonly OutputFile[] {
  const plan = makePlan(resolution, {
    lockSha256: createHash("sha256").update(options.lockText).digest("hex"),
    builtPackages: options.builtPackages ?? [],
    allowInsecureUrls: options.allowInsecureUrls ?? false,
  });
  const planText = canonicalJson(plan);
  refuseUnprintable(planText);
  if (planText.includes("\\u0000")) refuseUnprintable("\0");
  const files: OutputFile[] = [
    { path: `${emissionFolder}/default.nix`, content: writeDefaultNix(plan) },
    { path: `${emissionFolder}/overlay.nix`, content: writeOverlayNix(plan) },
    { path: `${emissionFolder}/plan.json`, content: planText },
    ...libraryFiles(),
  ];
  const addOnce = (path: string, content: string): void => {
    if (options.existing(path) === undefined) files.push({ path, content });
  };
  addOnce(`${emissionFolder}/overrides.nix`, writeOverridesNix());
  if (options.flake === true) addOnce("flake.nix", writeFlakeNix(plan));
  return files.toSorted((left, right) => (left.path < right.path ? -1 : 1));
}

/** The files of `emitNix` that do not stand in the project as they should: missing, or with another content. */
export function staleFiles(
  files: readonly OutputFile[],
  existing: (path: string) => string | undefined,
): readonly string[] {
  return files.filter(({ path, content }) => existing(path) !== content).map(({ path }) => path);
}

function libraryFiles(): readonly OutputFile[] {
  return readdirSync(libraryFolder).map((name) => ({
    path: `${emissionFolder}/lib/${name}`,
    content: readFileSync(new URL(name, libraryFolder), "utf8"),
  }));
}
