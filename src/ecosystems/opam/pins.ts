import { posix } from "node:path";
import { EnkiError } from "../../model/enki-error.ts";
import type { FileSystem } from "../../model/file-system.ts";
import { Candidate } from "./candidates.ts";
import { diagnosticAt, interpretField, readDefinition, type OpamDefinition } from "./definition.ts";
import { IllTypedError } from "./filter.ts";
import type { OpamUniverse } from "./universe.ts";

/** One entry of `pin-depends`: the version of a package that its source replaces (opam manual, "pin-depends"). */
export interface Pin {
  readonly name: string;
  readonly version: string;
  /** As written; paths are relative to the manifest. */
  readonly url: string;
  /** The definition that a path leads to; absent for sources under version control. */
  readonly definition?: OpamDefinition;
}

/**
 * The pins of a project's own opam file. A path is read at once. Throws an EnkiError (`invalid-manifest`) for a path
 * without an opam file.
 */
export function readPins(manifest: OpamDefinition, files: FileSystem, projectDirectory: string): readonly Pin[] {
  return pinEntries(manifest).map(({ package_, url, start, end }) => {
    const dot = package_.indexOf(".");
    const name = dot === -1 ? package_ : package_.slice(0, dot);
    const version = dot === -1 ? "dev" : package_.slice(dot + 1);
    const path = localPath(url);
    if (path === undefined) return { name, version, url };
    const directory = posix.join(posix.dirname(manifest.file), path);
    for (const file of [`${name}.opam`, "opam", `${name}.opam/opam`, "opam/opam"]) {
      const relative = posix.isAbsolute(path) ? posix.join(path, file) : posix.join(directory, file);
      const bytes = files.readFile(posix.resolve(projectDirectory, relative));
      if (bytes === undefined) continue;
      const reading = readDefinition(name, version, relative, Buffer.from(bytes).toString("utf8"));
      if (reading.definition !== undefined) return { name, version, url, definition: reading.definition };
      throw new EnkiError("invalid-manifest", `the opam file of the pinned package ${name} cannot be read`, {
        diagnostics: reading.diagnostics,
      });
    }
    const diagnostic = diagnosticAt(
      manifest.document,
      manifest.file,
      { start, end },
      {
        code: "opam-pin-without-file",
        severity: "error",
        message: `there is no opam file for ${name} in ${url}`,
      },
    );
    throw new EnkiError("invalid-manifest", diagnostic.message, { diagnostics: [diagnostic] });
  });
}

/**
 * The only candidate of a pinned package. What a repository says about that version stands in for the opam file of a
 * source under version control. Throws an EnkiError (`unsupported`) when no repository has the version.
 */
export function pinnedCandidate(pin: Pin, universe: OpamUniverse): Candidate {
  if (pin.definition !== undefined) return new Candidate(pin.name, pin.version, pin.definition, pin.url);
  const known = universe.candidates(pin.name).find((candidate) => candidate.version === pin.version);
  if (known?.repository !== undefined) return new Candidate(pin.name, pin.version, known.repository, pin.url);
  throw new EnkiError("unsupported", `Enki cannot look into ${pin.url}, which ${pin.name} is pinned to`, {
    hint: `clone it and pin ${pin.name} to the path, or pin it to a version that a repository describes`,
  });
}

interface PinEntry {
  readonly package_: string;
  readonly url: string;
  readonly start: number;
  readonly end: number;
}

function pinEntries(manifest: OpamDefinition): readonly PinEntry[] {
  return interpretField<readonly PinEntry[]>(manifest, "pin-depends", [], (value) => {
    const rows = value.kind === "list" ? value.items : [value];
    // A single pin may stand without the outer brackets.
    const isSingle = rows.every((row) => row.kind === "string");
    return (isSingle ? [value] : rows).map((row) => {
      const [package_, url] = row.kind === "list" ? row.items : [];
      if (package_?.kind !== "string" || url?.kind !== "string") {
        throw new IllTypedError('expected ["package.version" "url"]', row);
      }
      return { package_: package_.value, url: url.value, start: row.start, end: row.end };
    });
  });
}

/** The path that a URL means, or `undefined` for anything that must be fetched. */
function localPath(url: string): string | undefined {
  if (url.startsWith("file://")) return url.slice("file://".length);
  const isRemote = /^[a-z][a-z0-9+.-]*:/u.test(url) || url.startsWith("git@");
  return isRemote ? undefined : url;
}
