import { createHash } from "node:crypto";

import { tarFiles } from "../../formats/tar.ts";
import { EnkiError } from "../../model/enki-error.ts";
import { anonymousGitUrl } from "../../formats/git-url.ts";
import type { JsonObject } from "../../model/json.ts";
import type { SourceContext } from "../ecosystem.ts";
import { isJsonObject, isNativeBuild, lockFieldsOf } from "./package-metadata.ts";
import { packageManifest, type PackageManifest } from "./packument.ts";
import type { SlotContent, SlotNode } from "./problem-nodes.ts";
import { joinPath } from "./project.ts";
import { refused } from "./reasons.ts";

const maximumTarballBytes = 256 * 1024 * 1024;

/** Name and version of the kept form of a tarball's manifest. */
const manifestFormat = "npm-tarball-manifest-1";

/** A package outside every registry, pinned to what it is now. */
interface PinnedPackage {
  readonly manifest: JsonObject;
  /** What the lock's `resolved` says: a commit, a URL, or a path relative to the root. */
  readonly resolved: string;
  readonly integrity: string | undefined;
  /** The hash of a repository's tree at the commit, for Nix; npm's lock knows no such thing. */
  readonly treeIntegrity?: string | undefined;
}

/**
 * Fetches what a git, tarball or file specification means and pins it by commit or integrity. Nothing of the package is
 * run. Packages from a registry may not ask for such things: whoever publishes one could point them anywhere.
 */
export async function fetchPinnedPackage(
  slot: SlotNode,
  context: SourceContext,
  signal: AbortSignal,
): Promise<SlotContent> {
  const { spec, owner } = slot;
  const { project } = owner.state;
  if (spec.kind === "invalid") return { kind: "missing", reason: refused(spec.reason) };
  if (slot.base === undefined && context.options.settings.get("allow-exotic") !== true) {
    const reason = `is not from a registry (${describeSpec(slot)}), which only the project itself may ask for`;
    return { kind: "missing", reason: refused(reason) };
  }
  const root = joinAbsolute(context.projectDirectory, project.directory);
  let pinned: PinnedPackage;
  if (spec.kind === "git") pinned = await fetchGit(slot, root, context);
  else if (spec.kind === "remote") pinned = await fetchRemote(spec.url, context);
  else if (spec.kind === "file")
    pinned = readTarballFile(joinPath(slot.base ?? "", spec.path), spec.path, root, context);
  else throw new EnkiError("internal", `${slot.name} is not pinned`);
  if (signal.aborted) throw new EnkiError("aborted", "the work was interrupted");
  return { kind: "pinned", manifest: manifestOf(slot.name, pinned) };
}

function describeSpec({ spec }: SlotNode): string {
  if (spec.kind === "git") return spec.spec;
  if (spec.kind === "remote") return spec.url;
  return spec.kind === "file" || spec.kind === "directory" ? `file:${spec.path}` : "";
}

function joinAbsolute(base: string, relative: string): string {
  return relative === "" ? base : `${base}/${relative}`;
}

function manifestOf(
  installName: string,
  { manifest, resolved, integrity, treeIntegrity }: PinnedPackage,
): PackageManifest {
  const name = typeof manifest["name"] === "string" && manifest["name"] !== "" ? manifest["name"] : installName;
  const version = typeof manifest["version"] === "string" ? manifest["version"] : "0.0.0";
  const fields: JsonObject = {
    ...lockFieldsOf(name, manifest),
    ...(isNativeBuild(manifest) && { native: true }),
    ...(integrity !== undefined && { integrity }),
    ...(treeIntegrity !== undefined && { treeIntegrity }),
    resolved,
    pin: resolved,
  };
  return packageManifest(name, version, fields);
}

/** Reads `package.json` out of a tarball; it lies in the one folder at the top, whatever that is called. */
function manifestInTarball(tarball: Uint8Array, what: string): JsonObject {
  for (const file of tarFiles(tarball, what)) {
    if (!/^[^/]+\/package\.json$/.test(file.path)) continue;
    const manifest: unknown = JSON.parse(Buffer.from(file.body).toString("utf8"));
    if (isJsonObject(manifest)) return manifest;
  }
  throw new EnkiError("invalid-registry-document", `${what} has no package.json`);
}

function sha512(bytes: Uint8Array): string {
  return `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
}

async function fetchRemote(url: string, context: SourceContext): Promise<PinnedPackage> {
  const document = await context.http.fetch({
    url,
    cache: "revalidate",
    maxBytes: maximumTarballBytes,
    derive: {
      format: manifestFormat,
      compute: (body) =>
        Buffer.from(JSON.stringify({ manifest: manifestInTarball(body, url), integrity: sha512(body) })),
    },
    what: url,
  });
  if (document.status === 404) throw new EnkiError("not-found", `There is nothing at ${url}`);
  const kept: unknown = JSON.parse(Buffer.from(document.body).toString("utf8"));
  if (!isJsonObject(kept) || !isJsonObject(kept["manifest"]) || typeof kept["integrity"] !== "string") {
    throw new EnkiError("internal", `The cached form of ${url} is damaged`);
  }
  return { manifest: kept["manifest"], resolved: url, integrity: kept["integrity"] };
}

function readTarballFile(path: string, written: string, root: string, context: SourceContext): PinnedPackage {
  const isAbsolute = written.startsWith("/");
  const bytes = context.files.readFile(isAbsolute ? written : `${root}/${path}`);
  if (bytes === undefined) throw new EnkiError("not-found", `There is no tarball at ${written}`);
  return {
    manifest: manifestInTarball(bytes, written),
    resolved: `file:${isAbsolute ? written : path}`,
    integrity: sha512(bytes),
  };
}

/** git is pacote's work: it knows the hosts, `#semver:` and how npm writes the commit. Scripts stay unrun. */
async function fetchGit(slot: SlotNode, root: string, context: SourceContext): Promise<PinnedPackage> {
  const { spec } = slot;
  if (spec.kind !== "git") throw new EnkiError("internal", `${slot.name} does not come from git`);
  if (context.isOffline) {
    throw new EnkiError("offline", `${slot.name} comes from git (${spec.spec}), which cannot be asked offline`);
  }
  const { default: pacote } = await import("pacote");
  try {
    const manifest: unknown = await pacote.manifest(`${slot.name}@${spec.spec}`, {
      where: root,
      ignoreScripts: true,
      fullMetadata: true,
    });
    if (!isJsonObject(manifest) || typeof manifest["_resolved"] !== "string") {
      throw new EnkiError("invalid-registry-document", `${spec.spec} holds no package`);
    }
    const resolved = gitResolved(manifest["_resolved"]);
    return { manifest, resolved, integrity: undefined, treeIntegrity: await treeIntegrityOf(resolved, context) };
  } catch (error) {
    if (error instanceof EnkiError) throw error;
    const message = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new EnkiError("network", `${slot.name} cannot be had from ${spec.spec}: ${message}`, { cause: error });
  }
}

/** The hash of a repository's tree; `undefined` where there is none or the repository can't be read that way. */
async function treeIntegrityOf(resolved: string, { git }: SourceContext): Promise<string | undefined> {
  const [address = "", commit = ""] = resolved.split("#");
  if (git === undefined || !/^[0-9a-f]{40}$/.test(commit)) return undefined;
  try {
    const snapshot = await git.snapshot(anonymousGitUrl(address), { kind: "rev", name: commit }, commit);
    const tree = await snapshot.treeIntegrity();
    return "integrity" in tree ? tree.integrity : undefined;
  } catch (error) {
    if (error instanceof EnkiError && error.code !== "aborted") return undefined;
    throw error;
  }
}

function gitResolved(resolved: string): string {
  return resolved.startsWith("git") ? resolved : `git+${resolved}`;
}
