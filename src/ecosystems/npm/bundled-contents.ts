import { tarFiles } from "../../formats/tar.ts";
import type { JsonObject, JsonValue } from "../../model/json.ts";
import type { HttpClient } from "../../net/http-client.ts";
import { isJsonObject, lockFieldsOf } from "./package-metadata.ts";

/** Names and versions of the kept forms. */
const bundleFormat = "npm-bundle-1";
const shrinkwrapFormat = "npm-shrinkwrap-1";
const maximumTarballBytes = 256 * 1024 * 1024;
const maximumManifestBytes = 1024 * 1024;

/** `node_modules/a/node_modules/@s/b`, and nothing else. */
const packageFolder = /^(?:node_modules\/(?:@[^/]+\/)?[^/@][^/]*(?:\/|$))+$/;

/**
 * The packages below another one that its author has fixed, as lock entries, by path below the package: what its tarball
 * carries in its own node_modules, or what its npm-shrinkwrap.json says.
 */
export type BundledContents = readonly JsonObject[];

/** Reads the manifests below node_modules out of a package's tarball. */
function bundledContents(tarball: Uint8Array, what: string): BundledContents {
  const found = new Map<string, JsonObject>();
  for (const file of tarFiles(tarball, what)) {
    if (!file.path.endsWith("/package.json") || file.body.byteLength > maximumManifestBytes) continue;
    // The first step is the package's own folder, whatever it is called.
    const path = file.path.slice(file.path.indexOf("/") + 1, -"/package.json".length);
    if (!packageFolder.test(path)) continue;
    const entry = bundledEntry(path, file.body);
    if (entry !== undefined) found.set(path, entry);
  }
  return [...found].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, entry]) => entry);
}

function bundledEntry(path: string, body: Uint8Array): JsonObject | undefined {
  let manifest: unknown;
  try {
    manifest = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8"));
  } catch {
    return undefined;
  }
  if (!isJsonObject(manifest) || typeof manifest["version"] !== "string") return undefined;
  const folderName = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
  const name = typeof manifest["name"] === "string" ? manifest["name"] : folderName;
  const fields: [string, JsonValue][] = Object.entries(lockFieldsOf(name, manifest));
  return Object.fromEntries([
    ["path", path],
    ["version", manifest["version"]],
    ...(name === folderName ? [] : [["name", name] as [string, JsonValue]]),
    ...fields,
    ["inBundle", true],
  ]);
}

/** How deep the dependencies of an old shrinkwrap may nest. */
const maximumDepth = 100;

/** What a lock says of the way to an entry; in another tree another way leads there. */
const flags = new Set(["dev", "optional", "devOptional", "peer", "extraneous"]);

/** Reads what npm-shrinkwrap.json at the top of a tarball fixes below the package; development dependencies are not installed. */
function shrinkwrapContents(tarball: Uint8Array, what: string): BundledContents {
  for (const file of tarFiles(tarball, what)) {
    if (!/^[^/]+\/npm-shrinkwrap\.json$/.test(file.path)) continue;
    const lock: unknown = JSON.parse(Buffer.from(file.body).toString("utf8"));
    if (!isJsonObject(lock)) return [];
    const entries = isJsonObject(lock["packages"])
      ? Object.entries(lock["packages"]).flatMap(([path, entry]) => (isJsonObject(entry) ? [{ path, entry }] : []))
      : [...oldEntries("", lock["dependencies"], 0)];
    return entries.flatMap(({ path, entry }) => {
      if (!packageFolder.test(path) || entry["dev"] === true || entry["link"] === true) return [];
      const kept = Object.entries(entry).filter(([key]) => !flags.has(key));
      return [Object.fromEntries([["path", path], ...kept])];
    });
  }
  return [];
}

/** The entries of a shrinkwrap of version 1, which nests them in each other and calls dependencies `requires`. */
function* oldEntries(
  above: string,
  dependencies: unknown,
  depth: number,
): Generator<{ readonly path: string; readonly entry: JsonObject }> {
  if (!isJsonObject(dependencies) || depth > maximumDepth) return;
  for (const [name, value] of Object.entries(dependencies)) {
    if (!isJsonObject(value)) continue;
    const path = `${above}node_modules/${name}`;
    const { dependencies: inner, requires, bundled, ...rest } = value;
    yield {
      path,
      entry: {
        ...rest,
        ...(isJsonObject(requires) && { dependencies: requires }),
        ...(bundled === true && { inBundle: true }),
      },
    };
    yield* oldEntries(`${path}/`, inner, depth + 1);
  }
}

/** Fetches a tarball and reads what it fixes below itself; `undefined` when there is no tarball to be had. */
export async function fetchBundledContents(
  http: HttpClient,
  request: { url: string; authorization: string | undefined; what: string; isShrinkwrap: boolean },
): Promise<BundledContents | undefined> {
  const { url, authorization, what, isShrinkwrap } = request;
  const document = await http.fetch({
    url,
    cache: "immutable",
    maxBytes: maximumTarballBytes,
    derive: {
      format: isShrinkwrap ? shrinkwrapFormat : bundleFormat,
      compute: (body) =>
        Buffer.from(JSON.stringify(isShrinkwrap ? shrinkwrapContents(body, what) : bundledContents(body, what))),
    },
    what,
    ...(authorization !== undefined && { authorization }),
  });
  if (document.status === 404) return undefined;
  const contents: unknown = JSON.parse(Buffer.from(document.body).toString("utf8"));
  return Array.isArray(contents) ? contents.filter(isJsonObject) : undefined;
}
