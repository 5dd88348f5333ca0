import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { onTestFinished } from "vitest";

import { writeTar } from "../../helpers/tar-writer.ts";

/** A version as it is published. */
export interface Published {
  readonly manifest: { readonly name: string; readonly version: string; readonly [field: string]: unknown };
  readonly shrinkwrap?: object;
}

/** The tarball of a version: its package.json, and its shrinkwrap. */
export function tarballOf({ manifest, shrinkwrap }: Published): Buffer {
  const members = [{ path: "package/package.json", body: JSON.stringify(manifest) }];
  if (shrinkwrap !== undefined) {
    members.push({ path: "package/npm-shrinkwrap.json", body: JSON.stringify(shrinkwrap) });
  }
  return gzipSync(writeTar(members));
}

/** What a registry says of a tarball. */
export function integrityOf(tarball: Uint8Array): string {
  return `sha512-${createHash("sha512").update(tarball).digest("base64")}`;
}

/** A registry on 127.0.0.1 with tarballs, which it may claim to lie elsewhere. */
export async function registryOf(
  packagesAt: (base: string) => readonly Published[],
  claimedBase?: string,
): Promise<string> {
  const documents = new Map<string, string | Buffer>();
  const server = createServer((request, response) => {
    const answer = documents.get(request.url ?? "");
    response.writeHead(answer === undefined ? 404 : 200, { connection: "close" }).end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const versions = new Map<string, Record<string, object>>();
  for (const each of packagesAt(base)) {
    const { name, version } = each.manifest;
    const tarball = tarballOf(each);
    const path = `/${name}/-/${name}-${version}.tgz`;
    documents.set(path, tarball);
    const dist = { tarball: (claimedBase ?? base) + path, integrity: integrityOf(tarball) };
    const entry = { ...each.manifest, dist, ...(each.shrinkwrap !== undefined && { _hasShrinkwrap: true }) };
    versions.set(name, { ...versions.get(name), [version]: entry });
  }
  for (const [name, all] of versions) {
    const latest = Object.keys(all).at(-1);
    documents.set(`/${name}`, JSON.stringify({ name, "dist-tags": { latest }, versions: all }));
  }
  return base;
}
