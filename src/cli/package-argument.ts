import { EnkiError } from "../model/enki-error.ts";
import { parsePurl } from "../model/purl.ts";
import type { EcosystemId } from "../model/requirement.ts";

/** A package as `enki add` and `enki remove` are told it. */
export interface PackageArgument {
  /** Absent: the only ecosystem of the project. */
  readonly ecosystem?: EcosystemId | undefined;
  readonly name: string;
  /** As written; absent when none was. */
  readonly range?: string | undefined;
  readonly features: readonly string[];
}

/**
 * Reads `name`, `ecosystem:name@range`, a package URL, or what the ecosystems' own tools take: `serde@1`,
 * `httpx[socks]>=0.27`. Throws an EnkiError (`usage`) for anything else.
 */
export function parsePackageArgument(text: string): PackageArgument {
  const purl = parsePurl(text);
  if (purl !== undefined) {
    return { ecosystem: purl.ecosystem, name: purl.name, range: purl.version, features: [] };
  }
  const [, ecosystem, rest = text] = /^([a-z][a-z0-9]*):(.+)$/s.exec(text) ?? [];
  // The `@` of a scope is not one before a range.
  const [, name, featureList, at, range] =
    /^(@?[^@:[\]\s<>=!~^]+)(?:\[([^[\]]*)\])?(?:(@)|(?=\s*[<>=!~^])|$)\s*(.*)$/s.exec(rest) ?? [];
  if (name === undefined || (at !== undefined && range === "")) {
    throw new EnkiError("usage", `${JSON.stringify(text)} names no package`, {
      hint: "for example express, npm:express@^5, cargo:serde, pypi:httpx[socks]>=0.27",
    });
  }
  const features = (featureList ?? "").split(",").flatMap((feature) => (feature.trim() === "" ? [] : [feature.trim()]));
  return { ecosystem, name, range: range === "" ? undefined : range, features };
}
