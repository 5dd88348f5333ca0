import { readFileSync, readdirSync } from "node:fs";
import { EnkiError } from "../../model/enki-error.ts";
import { compareNixVersions } from "./version.ts";
import { isRecord, numberMember, recordMember, stringMember } from "./decode.ts";

/** The version of an attribute whose existence is known but whose version no source of the built-in table states. */
export const unrecordedVersion = "unrecorded";

/** What is known of one pinned nixpkgs: attributes with their one version, and which attributes offer a toolchain. */
export interface NixpkgsIndex {
  /** `nixos-24.11`, or the name under which a channel's index was pinned. */
  readonly release: string;
  /** The commit, where it is known. */
  readonly revision?: string;
  /** `built-in table`, or the file that was read. */
  readonly origin: string;
  /** Whether every attribute of the release is listed, so that one that is not listed does not exist. */
  readonly isComplete: boolean;
  /** The version of an attribute, or `undefined` when the attribute is not listed. */
  version(attribute: string): string | undefined;
  /** The attributes that offer a toolchain, the release's default first; `undefined` for an unknown toolchain. */
  tool(name: string): readonly string[] | undefined;
}

/** Toolchains that `tool:<name>` can mean. */
export const toolNames: readonly string[] = ["cc", "node", "ocaml", "python", "rustc"];

const releaseFolder = new URL("./data/releases/", import.meta.url);

/** The names of the releases with a built-in table, newest first. */
export function knownReleases(): readonly string[] {
  return readdirSync(releaseFolder)
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.slice(0, -".json".length))
    .toSorted((left, right) => compareNixVersions(right, left));
}

const loaded = new Map<string, NixpkgsIndex>();

/** The built-in table of a release; the newest for `undefined`. Throws an EnkiError (`usage`) for an unknown release. */
export function builtInRelease(name: string | undefined): NixpkgsIndex {
  const known = knownReleases();
  const release = name ?? known[0] ?? "";
  if (!known.includes(release)) {
    throw new EnkiError("usage", `there is no built-in table of nixpkgs ${JSON.stringify(release)}`, {
      hint: `known releases: ${known.join(", ")}; for any other, pin the packages.json of its channel and set release to that file`,
    });
  }
  const cached = loaded.get(release);
  if (cached !== undefined) return cached;
  const text = readFileSync(new URL(`${release}.json`, releaseFolder), "utf8");
  const index = decodeRelease(JSON.parse(text), "built-in table");
  loaded.set(release, index);
  return index;
}

/** Decodes a release table: a built-in one, or one that `enki pin nixpkgs` wrote. Throws an EnkiError for a malformed one. */
export function decodeRelease(value: unknown, origin: string): NixpkgsIndex {
  if (!isRecord(value)) throw malformed(origin, "is not an object");
  if (numberMember(value, "schema") !== 1) throw malformed(origin, "has an unknown schema");
  const release = stringMember(value, "release");
  if (release === undefined) throw malformed(origin, "names no release");
  const attributes = new Map<string, string>();
  for (const [attribute, version] of Object.entries(recordMember(value, "attributes") ?? {})) {
    if (typeof version !== "string") throw malformed(origin, `has no version text for ${attribute}`);
    attributes.set(attribute, version);
  }
  const tools = new Map<string, readonly string[]>();
  for (const [tool, candidates] of Object.entries(recordMember(value, "tools") ?? {})) {
    if (!Array.isArray(candidates)) throw malformed(origin, `has no list of candidates for ${tool}`);
    tools.set(
      tool,
      candidates.filter((candidate) => typeof candidate === "string"),
    );
  }
  const revision = stringMember(value, "revision");
  return {
    release,
    ...(revision === undefined ? {} : { revision }),
    origin,
    isComplete: value["complete"] === true,
    version: (attribute) => attributes.get(attribute),
    tool: (name) => tools.get(name) ?? (toolNames.includes(name) ? [] : undefined),
  };
}

function malformed(origin: string, problem: string): EnkiError {
  return new EnkiError("invalid-registry-document", `the nixpkgs table (${origin}) ${problem}`);
}
