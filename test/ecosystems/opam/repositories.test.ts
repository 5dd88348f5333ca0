import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { openRepositories } from "../../../src/ecosystems/opam/repository/open-repository.ts";
import { openPacked, packArchive } from "../../../src/ecosystems/opam/repository/packed.ts";
import type { RegistryLocation } from "../../../src/ecosystems/ecosystem.ts";
import { EnkiError } from "../../../src/model/enki-error.ts";
import type { FileSystem } from "../../../src/model/file-system.ts";
import { createHttpClient } from "../../../src/net/client.ts";
import { RegistryServer } from "../../helpers/registry-server.ts";
import { writeTar } from "../../helpers/tar-writer.ts";
import { temporaryDirectory } from "../../helpers/temporary-directory.ts";
import { memoryFiles } from "./memory-files.ts";

const longVersion = `0.1.0~${"very-long-".repeat(12)}end`;
const content = 'opam-version: "2.0"\n';

function archive(): Uint8Array {
  const long = `packages/long/long.${longVersion}/opam`;
  return writeTar([
    { path: "repo", body: content },
    { path: "packages/a/a.1.0/opam", body: `${content}synopsis: "one"\n` },
    { path: "packages/a/a.1.0/files/patch", body: "not an opam file" },
    { path: "packages/a/a.2.0/opam", body: content },
    { path: "./packages/b/b.v1/opam", body: content },
    { path: "././@LongLink", type: "L", body: `${long}\0` },
    { path: long.slice(0, 100), body: `${content}synopsis: "long"\n` },
    { path: "packages/../../etc/opam", body: content },
    { path: "packages/c/c.1/opam", type: "2", linkTarget: "/etc/passwd" },
    { path: "elsewhere/d/d.1/opam", body: content },
  ]);
}

async function open(
  registries: readonly RegistryLocation[],
  files: FileSystem = memoryFiles({}),
  cacheDirectory?: string,
): ReturnType<typeof openRepositories> {
  const http = createHttpClient({
    environmentVariables: {},
    ...(cacheDirectory === undefined ? {} : { cacheDirectory }),
  });
  try {
    return await openRepositories({ registries, http, files, projectDirectory: "/project" });
  } finally {
    // As at the end of a run: until then the cache may hold answers back.
    await http.close();
  }
}

describe("archives", () => {
  it("hold opam files under any of the usual paths, long names included", () => {
    for (const bytes of [archive(), gzipSync(archive())]) {
      const repository = openPacked(packArchive(bytes, "a test"), "here", "r1");
      expect(repository.names()).toEqual(["a", "b", "long"]);
      expect(repository.versions("a")).toEqual(["1.0", "2.0"]);
      expect(repository.versions("long")).toEqual([longVersion]);
      expect(repository.versions("toString")).toEqual([]);
      expect(Buffer.from(repository.read("long", longVersion) ?? []).toString()).toContain('"long"');
      expect(repository.read("a", "3.0")).toBeUndefined();
    }
  });

  it("are packed into the same bytes whatever the order of their members", () => {
    const members = ["b/b.1", "a/a.2", "a/a.1", "a+b/a+b.1"].map((path) => ({
      path: `packages/${path}/opam`,
      body: path,
    }));
    const packed = packArchive(writeTar(members), "a test");
    expect(packArchive(writeTar(members.toReversed()), "a test")).toEqual(packed);
  });

  it("without packages are refused", () => {
    expect(() => packArchive(writeTar([{ path: "readme", body: "" }]), "x.tar")).toThrow(
      "x.tar holds no opam packages",
    );
  });
});

describe("repositories", () => {
  it("over HTTP cost one request, and a conditional one the next time", async () => {
    const server = await new RegistryServer().start();
    server.serve("/index.tar.gz", { body: gzipSync(archive()) });
    const cache = temporaryDirectory();
    for (const run of [1, 2]) {
      const { repositories } = await open([{ kind: "http", url: `${server.url}/` }], memoryFiles({}), cache);
      expect(repositories[0]?.names()).toEqual(["a", "b", "long"]);
      expect(repositories[0]?.revision).toBeDefined();
      expect(server.requests).toHaveLength(run);
    }
    expect(server.requests[1]?.headers["if-none-match"]).toBeDefined();
    expect(server.requests.map(({ path }) => path)).toEqual(["/index.tar.gz", "/index.tar.gz"]);
  });

  it("that do not exist are named, with what one looks like", async () => {
    const server = await new RegistryServer().start();
    await expect(open([{ kind: "http", url: server.url }])).rejects.toThrow(
      `there is no opam repository at ${server.url}/index.tar.gz`,
    );
    await expect(open([{ kind: "path", path: "../absent" }])).rejects.toThrow(
      "there is no opam repository at ../absent",
    );
    const files = memoryFiles({ "/data/repository.tar.xz": "x" });
    await expect(open([{ kind: "path", path: "/data/repository.tar.xz" }], files)).rejects.toThrow(EnkiError);
  });

  it("in a directory are read file by file, with their commit", async () => {
    const commit = "0123456789abcdef0123456789abcdef01234567";
    const files = memoryFiles({
      "/data/repo": content,
      "/data/.git/HEAD": "ref: refs/heads/master\n",
      "/data/.git/refs/heads/master": `${commit}\n`,
      "/data/packages/a/a.1.0/opam": content,
      "/data/packages/a/b.1.0/opam": content,
      "/data/packages/README.md": "",
    });
    const { repositories } = await open([{ kind: "path", path: "../data" }], files);
    expect(repositories[0]).toMatchObject({ location: "../data", revision: commit });
    expect(repositories[0]?.names()).toEqual(["a"]);
    expect(repositories[0]?.versions("a")).toEqual(["1.0"]);
    expect(repositories[0]?.versions("../../etc")).toEqual([]);
    expect(repositories[0]?.read("../../etc", "1")).toBeUndefined();
  });

  it("are united, the first one winning where two have the same version", async () => {
    const files = memoryFiles({
      "/one/packages/a/a.1/opam": 'synopsis: "one"',
      "/two/packages/a/a.1/opam": 'synopsis: "two"',
      "/two/packages/a/a.2/opam": content,
      "/two/packages/b/b.1/opam": content,
    });
    const ranked = await open(
      [
        { kind: "path", path: "/one" },
        { kind: "path", path: "/two" },
      ],
      files,
    );
    expect(ranked.names()).toEqual(["a", "b"]);
    const versions = ranked.versions("a");
    expect([...versions].map(([version, repository]) => `${version} ${repository.location}`)).toEqual([
      "1 ../one",
      "2 ../two",
    ]);
  });
});
