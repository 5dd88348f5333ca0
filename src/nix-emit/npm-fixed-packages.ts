import { EnkiError } from "../model/enki-error.ts";
import type { JsonObject } from "../model/json.ts";
import type { ResolvedPackage } from "../model/resolution.ts";
import { isObject, textOf } from "./details.ts";

/** A package below another one that the other's shrinkwrap fixes. */
export interface FixedPackage {
  /** The folder, relative to the package whose shrinkwrap it is. */
  readonly path: string;
  /** What the shrinkwrap says of it. */
  readonly details: JsonObject;
}

/** What the shrinkwrap of a package fixes below it, and its own archive does not carry: each has to be fetched too. */
export function fixedPackages({ details: { bundled, hasShrinkwrap } }: ResolvedPackage): readonly FixedPackage[] {
  if (hasShrinkwrap !== true || !Array.isArray(bundled)) return [];
  return bundled.filter(isObject).flatMap((details) => {
    const path = textOf(details, "path") ?? "";
    return path === "" || details["inBundle"] === true ? [] : [{ path, details }];
  });
}

/**
 * A fixed package as if it had been selected itself. Throws an EnkiError (`invalid-lock`) where the shrinkwrap does not say
 * where its archive is and what it hashes to.
 */
export function asSelected({ path, details }: FixedPackage, owner: ResolvedPackage): ResolvedPackage {
  const name = textOf(details, "name") ?? path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
  const version = textOf(details, "version") ?? "";
  const url = textOf(details, "address") ?? textOf(details, "resolved");
  const integrity = textOf(details, "integrity");
  if (url === undefined || integrity === undefined || !/sha(?:256|512)-/u.test(integrity)) {
    const problem = `its shrinkwrap fixes ${name} ${version} without an address and a SHA-2 hash`;
    throw new EnkiError("invalid-lock", `${owner.id} can't be emitted for Nix: ${problem}`, {
      hint: "require a version of it whose shrinkwrap has them, or one without a shrinkwrap",
    });
  }
  const artifacts = [{ kind: "tarball", url, integrity }];
  return { id: `npm:${name}@${version}`, ecosystem: "npm", name, version, artifacts, details };
}
