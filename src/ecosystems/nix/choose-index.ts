import { EnkiError } from "../../model/enki-error.ts";
import type { FileSystem } from "../../model/file-system.ts";
import type { ResolveOptions } from "../ecosystem.ts";
import { readChannelIndex, toolAttributes } from "./channel-index.ts";
import { isRecord } from "./decode.ts";
import { namedAttributes } from "./named-attributes.ts";
import { type NixpkgsIndex, builtInRelease, decodeRelease, toolNames, unrecordedVersion } from "./release.ts";

/** Where a file that the setting names is read. */
export interface IndexFiles {
  readonly files: FileSystem;
  readonly projectDirectory: string;
}

const chosen = new WeakMap<FileSystem, Map<string, NixpkgsIndex>>();

/**
 * The nixpkgs that the setting `release` names: a known release (`nixos-24.11`), or a file of the project: the
 * `packages.json` of a channel (plain or brotli), or what `enki pin nixpkgs` wrote. The newest known release when the
 * setting is absent. Throws an EnkiError for anything else.
 */
export function chooseIndex(options: ResolveOptions, where: IndexFiles | undefined): NixpkgsIndex {
  const setting = options.settings.get("release");
  if (setting !== undefined && typeof setting !== "string") {
    throw new EnkiError("invalid-configuration", "the release of nixpkgs must be a text", {
      hint: 'write release = "nixos-24.11", or the path of a packages.json',
    });
  }
  if (setting === undefined || !/[/\\]|\.json$|\.br$/.test(setting))
    return withNamedAttributes(builtInRelease(setting));
  if (where === undefined) throw new EnkiError("usage", `the nixpkgs index ${setting} can't be read here`);
  const cache = chosen.get(where.files) ?? new Map<string, NixpkgsIndex>();
  chosen.set(where.files, cache);
  const path = setting.startsWith("/") ? setting : `${where.projectDirectory}/${setting}`;
  const known = cache.get(path);
  if (known !== undefined) return known;
  const bytes = where.files.readFile(path);
  if (bytes === undefined) throw new EnkiError("not-found", `there is no nixpkgs index at ${setting}`);
  const index = readIndex(bytes, setting);
  cache.set(path, index);
  return index;
}

/** Reads an index from the bytes of a file: a channel's `packages.json`, or a table that `enki pin nixpkgs` wrote. */
export function readIndex(bytes: Uint8Array, name: string): NixpkgsIndex {
  const pinned = bytes.length < 16 * 1024 * 1024 ? parseObject(bytes) : undefined;
  if (pinned?.["schema"] !== undefined) return decodeRelease(pinned, name);
  const versions = readChannelIndex(bytes);
  const tools = toolAttributes(versions);
  return {
    release: name.replace(/^.*[/\\]/, "").replace(/\.json(?:\.br)?$/, ""),
    origin: name,
    isComplete: true,
    version: (attribute) => versions.get(attribute),
    tool: (tool) => tools.get(tool) ?? (toolNames.includes(tool) ? [] : undefined),
  };
}

/** A built-in table states versions where a source was found; attributes that the name tables use exist beside them. */
function withNamedAttributes(index: NixpkgsIndex): NixpkgsIndex {
  const version = (attribute: string): string | undefined =>
    index.version(attribute) ?? (namedAttributes().has(attribute) ? unrecordedVersion : undefined);
  return { ...index, version };
}

function parseObject(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8"));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
