import { createHash } from "node:crypto";
import { canonicalJson } from "../../model/canonical-json.ts";
import { compareBytewise } from "../../model/order.ts";
import type { OutputFile } from "../../model/resolution.ts";
import type { ResolveOptions } from "../ecosystem.ts";
import { readChannelIndex, toolAttributes } from "./channel-index.ts";
import { readUserNames, splitName } from "./foreign-name.ts";
import { namedAttributes } from "./named-attributes.ts";

/**
 * The part of a channel's index that resolutions ask for, as a table to keep in the project: the attributes that the
 * name tables and the project's own table mean, those that the project asks for itself (`asked`), the toolchains with
 * their order, and where all that was read from. A thousandth of the index, and the same versions.
 */
export function condenseIndex(
  bytes: Uint8Array,
  source: string,
  asked: readonly string[],
  options: ResolveOptions,
): OutputFile {
  const versions = readChannelIndex(bytes);
  const tools = toolAttributes(versions);
  const ownNames = [...readUserNames(options.settings.get("names")).values()];
  const wanted = new Set([
    ...namedAttributes(),
    ...[...tools.values()].flat(),
    ...ownNames.flatMap((meaning) => (meaning.kind === "attributes" ? meaning.attributes : [])),
    // Names of other namespaces stand in the name tables.
    ...asked.map(splitName).flatMap(([namespace, local]) => (namespace === "attr" ? [local] : [])),
  ]);
  const attributes = [...wanted]
    .flatMap((attribute) => {
      const version = versions.get(attribute);
      return version === undefined ? [] : [[attribute, version] as const];
    })
    .toSorted(([left], [right]) => compareBytewise(left, right));
  const release = releaseIn(source);
  const content = canonicalJson({
    schema: 1,
    release,
    complete: false,
    basis: `${source} (sha256 ${createHash("sha256").update(bytes).digest("hex")})`,
    tools,
    attributes: new Map(attributes),
  });
  return { path: `nix/nixpkgs-${release.replace(/^nix(?:os|pkgs)-/, "")}.json`, content };
}

/** The release that a path or URL names; `pinned` when it names none. */
function releaseIn(source: string): string {
  return /\b(?:nixos|nixpkgs)-(?:\d\d\.\d\d|unstable)\b/.exec(source)?.[0] ?? "pinned";
}
