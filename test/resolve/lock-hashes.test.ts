import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/model/json.ts";
import type { Artifact, Resolution } from "../../src/model/resolution.ts";
import type { HttpClient } from "../../src/net/http-client.ts";
import { keepLockedHashes, lockMissingHashes } from "../../src/resolve/lock-hashes.ts";

const body = new TextEncoder().encode("the file");
const hash = (algorithm: string, encoding: "hex" | "base64"): string =>
  createHash(algorithm).update(body).digest(encoding);
const sha512 = `sha512-${hash("sha512", "base64")}`;

function resolutionOf(artifacts: readonly Artifact[], details: JsonObject): Resolution {
  const package_ = { id: "opam:a@1", ecosystem: "opam", name: "a", version: "1", artifacts, details };
  return { roots: [], packages: [package_], instances: [], edges: [], targets: [], provenance: [], fidelity: [] };
}

/** Locks the hashes of one package; `asked` are the URLs that were fetched. */
async function lock(
  artifacts: readonly Artifact[],
  details: JsonObject = {},
): Promise<{ readonly asked: readonly string[]; readonly artifacts: readonly Artifact[] }> {
  const asked: string[] = [];
  const http: HttpClient = {
    fetch: ({ url }) => {
      asked.push(url);
      return Promise.resolve({ status: 200, url, body, contentType: "", isFromCache: false });
    },
  };
  const { packages } = await lockMissingHashes(resolutionOf(artifacts, details), http);
  return { asked, artifacts: packages[0]?.artifacts ?? [] };
}

const plain: Artifact = { kind: "source", url: "https://opam.example/a.tar.gz" };

describe("hashes that a registry did not publish", () => {
  it.each([
    ["an MD5 of opam", { checksums: [`md5=${hash("md5", "hex")}`] }, `md5-${hash("md5", "base64")}`],
    ["an MD5 without a name", { checksums: [hash("md5", "hex")] }, `md5-${hash("md5", "base64")}`],
    ["a SHA-1 of npm", { integrity: `sha1-${hash("sha1", "base64")}` }, `sha1-${hash("sha1", "base64")}`],
    [
      "one beside the URL",
      { extraSources: [{ url: plain.url, checksums: [`md5=${hash("md5", "hex")}`] }] },
      `md5-${hash("md5", "base64")}`,
    ],
  ])("replaces %s after checking it", async (_what, details, upgradedFrom) => {
    const locked = await lock([plain], details);
    expect(locked.artifacts).toEqual([{ ...plain, integrity: sha512, upgradedFrom }]);
  });

  it("computes one where nothing was published", async () => {
    expect((await lock([plain])).artifacts).toEqual([{ ...plain, integrity: sha512 }]);
  });

  it("asks for nothing that is locked, and for no checkout", async () => {
    const locked = [
      { ...plain, integrity: sha512 },
      { kind: "git", url: "git+https://git.example/a#0" },
      { kind: "version-control", url: "https://git.example/b" },
    ];
    expect(await lock(locked)).toEqual({ asked: [], artifacts: locked });
  });

  it("are kept from an earlier lock while the URL stays", () => {
    const hashed = { ...plain, integrity: sha512, upgradedFrom: "md5-x" };
    const before = resolutionOf([hashed], {});
    expect(keepLockedHashes(resolutionOf([plain], {}), before).packages[0]?.artifacts).toEqual([hashed]);
    const moved = { ...plain, url: "https://opam.example/b.tar.gz" };
    expect(keepLockedHashes(resolutionOf([moved], {}), before).packages[0]?.artifacts).toEqual([moved]);
    expect(keepLockedHashes(resolutionOf([plain], {}), undefined).packages[0]?.artifacts).toEqual([plain]);
  });

  it("refuses a file that is not the published one", async () => {
    await expect(lock([plain], { checksums: [`md5=${"0".repeat(32)}`] })).rejects.toThrow(/not the file that opam:a@1/);
    await expect(lock([{ ...plain, sizeBytes: 3 }])).rejects.toThrow(/8 bytes instead of 3/);
  });
});
