import { tarFiles } from "../../formats/tar.ts";
import type { JsonObject, JsonValue } from "../../model/json.ts";
import type { HttpClient } from "../../net/http-client.ts";
import { isJsonObject, lockFieldsOf } from "./package-metadata.ts";

/** Name and version of the kept form. */
const contentsFormat = "npm-bundle-1";
const maximumTarballBytes = 256 * 1024 * 1024;
const maximumManifestBytes = 1024 * 1024;

/** `node_modules/a/node_modules/@s/b`, and nothing else. */
const packageFolder = /^(?:node_modules\/(?:@[^/]+\/)?[^/@][^/]*(?:\/|$))+$/;

/** The packages that a tarball carries in its own node_modules, as lock entries, by path below the package. */
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

/** Fetches a tarball and reads what it carries; `undefined` when there is no tarball to be had. */
export async function fetchBundledContents(
  http: HttpClient,
  request: { url: string; authorization: string | undefined; what: string },
): Promise<BundledContents | undefined> {
  const { url, authorization, what } = request;
  const document = await http.fetch({
    url,
    cache: "immutable",
    maxBytes: maximumTarballBytes,
    derive: {
      format: contentsFormat,
      compute: (body) => Buffer.from(JSON.stringify(bundledContents(body, what))),
    },
    what,
    ...(authorization !== undefined && { authorization }),
  });
  if (document.status === 404) return undefined;
  const contents: unknown = JSON.parse(Buffer.from(document.body).toString("utf8"));
  return Array.isArray(contents) ? contents.filter(isJsonObject) : undefined;
}
