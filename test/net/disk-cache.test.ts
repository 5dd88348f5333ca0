import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { createHttpClient } from "../../src/net/client.ts";
import type { HttpClientOptions } from "../../src/net/client-options.ts";
import type { CacheEntry } from "../../src/net/disk-cache.ts";
import type { HttpRequest, KeptForm } from "../../src/net/http-client.ts";
import { DiskCache } from "../../src/net/disk-cache.ts";
import { ensureBuilt } from "../cli/built-cli.ts";
import { raceWriters } from "../helpers/race-writers.ts";
import type { RegistryServer } from "../helpers/registry-server.ts";
import { startRegistryServer } from "../helpers/registry-server.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";

const text = (document: { body: Uint8Array } | undefined) => new TextDecoder().decode(document?.body);
const formText = (kept: KeptForm | undefined) => kept?.form.glance(0, kept.form.byteLength).toString();
const encode = (body: string) => new TextEncoder().encode(body);

/** Every file below a directory, relative to it. */
const filesBelow = (directory: string) =>
  readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((name) =>
    statSync(join(directory, name)).isFile(),
  );

describe("the cache between runs", () => {
  const clock = { nowMs: Date.parse("2026-01-01T00:00:00Z") };
  const run = (cacheDirectory: string, options: HttpClientOptions = {}) =>
    createHttpClient({ cacheDirectory, nowMs: () => clock.nowMs, ...options });
  const get = async (server: RegistryServer, cacheDirectory: string, options: HttpClientOptions = {}) => {
    const document = await run(cacheDirectory, options).fetch({
      url: `${server.url}/a`,
      cache: "revalidate",
      what: "a",
    });
    return [text(document), document.isFromCache, server.asked.length] as const;
  };

  it("etag: asks whether the document has changed, and takes the kept body when it has not", async () => {
    const [server, directory] = [await startRegistryServer(), temporaryDirectory()];
    server.serve("/a", "one");
    expect(await get(server, directory)).toEqual(["one", false, 1]);
    expect(await get(server, directory)).toEqual(["one", true, 2]);
    expect(server.requests[1]?.headers["if-none-match"]).toMatch(/^"/u);
    server.serve("/a", "two");
    expect(await get(server, directory)).toEqual(["two", false, 3]);
    expect(await get(server, directory)).toEqual(["two", true, 4]);
  });

  it("if_modified_since: where there is no ETag", async () => {
    const [server, directory] = [await startRegistryServer(), temporaryDirectory()];
    const lastModified = "Wed, 31 Dec 2025 00:00:00 GMT";
    server.serve("/a", { body: "one", hasNoValidator: true, headers: { "last-modified": lastModified } });
    await get(server, directory);
    server.fail("/a", { kind: "status", status: 304 });
    expect(await get(server, directory)).toEqual(["one", true, 2]);
    expect(server.requests[1]?.headers["if-modified-since"]).toBe(lastModified);
  });

  it("max_age: is not asked again while it lasts, unless --refresh; a 304 prolongs it", async () => {
    const [server, directory] = [await startRegistryServer(), temporaryDirectory()];
    server.serve("/a", { body: "one", headers: { "cache-control": "public, max-age=300", age: "100" } });
    await get(server, directory);
    clock.nowMs += 199_000;
    expect(await get(server, directory)).toEqual(["one", true, 1]);
    expect(await get(server, directory, { refresh: true })).toEqual(["one", true, 2]);
    clock.nowMs += 199_000;
    expect(await get(server, directory)).toEqual(["one", true, 2]);
    clock.nowMs += 1000;
    expect(await get(server, directory)).toEqual(["one", true, 3]);
  });

  it("clock_went_back: an entry from the future is asked again", async () => {
    const [server, directory] = [await startRegistryServer(), temporaryDirectory()];
    server.serve("/a", { body: "one", headers: { "cache-control": "max-age=300" } });
    await get(server, directory);
    clock.nowMs -= 1000;
    expect((await get(server, directory))[2]).toBe(2);
  });

  it("no_store: is not kept; none: neither", async () => {
    const [server, directory] = [await startRegistryServer(), temporaryDirectory()];
    server.serve("/a", { body: "one", headers: { "cache-control": "no-store" } }).serve("/b", "two");
    await get(server, directory);
    await run(directory).fetch({ url: `${server.url}/b`, cache: "none" });
    expect(filesBelow(directory)).toEqual([]);
  });

  it("immutable: is never asked again, not even with --refresh", async () => {
    const [server, directory] = [await startRegistryServer(), temporaryDirectory()];
    server.serve("/a", "one");
    const request = { url: `${server.url}/a`, cache: "immutable" } as const;
    await run(directory).fetch(request);
    expect((await run(directory, { refresh: true }).fetch(request)).isFromCache).toBe(true);
    expect(server.asked).toHaveLength(1);
  });

  it("immutable_absent: a missing document may appear later", async () => {
    const [server, directory] = [await startRegistryServer(), temporaryDirectory()];
    const request = { url: `${server.url}/a`, cache: "immutable" } as const;
    expect((await run(directory).fetch(request)).status).toBe(404);
    expect((await run(directory, { isOffline: true }).fetch(request)).status).toBe(404);
    server.serve("/a", "one");
    expect(text(await run(directory).fetch(request))).toBe("one");
  });

  it("demanded_hash: a kept body of another hash is not used", async () => {
    const [server, directory] = [await startRegistryServer(), temporaryDirectory()];
    server.serve("/a", "hello");
    const sha256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    const request = { url: `${server.url}/a`, cache: "immutable" } as const;
    await run(directory).fetch(request);
    await run(directory).fetch({ ...request, sha256 });
    expect((await run(directory).fetch({ ...request, sha256 })).isFromCache).toBe(true);
    await expect(run(directory).fetch({ ...request, sha256: "0".repeat(64) })).rejects.toThrow(/SHA-256/u);
  });

  it("derived: the compact form is kept instead of the body, and computed once", async () => {
    const [server, directory] = [await startRegistryServer(), temporaryDirectory()];
    server.serve("/a", "x".repeat(100_000));
    let computed = 0;
    const request = {
      url: `${server.url}/a`,
      cache: "revalidate",
      derive: {
        format: "length-1",
        compute: (body: Uint8Array) => {
          computed += 1;
          return encode(String(body.length));
        },
      },
    } as const;
    const fetchOnce = async (asked: HttpRequest) => {
      const client = run(directory);
      const document = await client.fetch(asked);
      await client.close();
      return document;
    };
    expect(text(await fetchOnce(request))).toBe("100000");
    expect(text(await fetchOnce(request))).toBe("100000");
    expect([computed, server.asked.length]).toEqual([1, 2]);
    for (const name of filesBelow(directory)) expect(statSync(join(directory, name)).size).toBeLessThan(1000);
    const other = { ...request, derive: { ...request.derive, format: "length-2" } };
    await fetchOnce(other);
    expect(server.requests[2]?.headers["if-none-match"]).toBeUndefined();
  });

  it("kept: gives a derived form at once when nobody need be asked, and else nothing", async () => {
    const [server, directory] = [await startRegistryServer(), temporaryDirectory()];
    server.serve("/a", { body: "one", headers: { "cache-control": "max-age=300" } });
    const derive = { format: "same-1", compute: (body: Uint8Array) => body };
    const request = { url: `${server.url}/a`, cache: "revalidate", derive } as const;
    const client = run(directory);
    expect(client.kept(request)).toBeUndefined();
    await client.fetch(request);
    await client.close();
    expect(formText(run(directory).kept(request))).toBe("one");
    expect(run(directory, { refresh: true }).kept(request)).toBeUndefined();
    expect(run(directory).kept({ ...request, authorization: "Bearer abc" })).toBeUndefined();
    clock.nowMs += 301_000;
    expect(run(directory).kept(request)).toBeUndefined();
    expect(formText(run(directory, { isOffline: true }).kept(request))).toBe("one");
    expect(server.asked).toHaveLength(1);
  });

  it("registry_in_key: two registries with the same paths do not share answers", async () => {
    const [first, second] = [await startRegistryServer(), await startRegistryServer()];
    const directory = temporaryDirectory();
    first.serve("/a", "first");
    second.serve("/a", "second");
    await get(first, directory);
    expect((await get(second, directory))[0]).toBe("second");
  });

  it("credentials_in_key: what was read with credentials is not given to a request without", async () => {
    const [server, directory] = [await startRegistryServer(), temporaryDirectory()];
    server.serve("/a", { body: "private", headers: { "cache-control": "max-age=300" } });
    const request = { url: `${server.url}/a`, cache: "revalidate" } as const;
    await run(directory).fetch({ ...request, authorization: "Bearer secret-token" });
    server.fail("/a", { kind: "status", status: 401 });
    await expect(run(directory).fetch(request)).rejects.toThrow(/asks for credentials/u);
  });
});

describe("offline", () => {
  it("offline: opens no socket, serves what is kept however old, and names what is missing with the fix", async () => {
    const [server, directory] = [await startRegistryServer(), temporaryDirectory()];
    server.serve("/a", "one");
    await createHttpClient({ cacheDirectory: directory }).fetch({ url: `${server.url}/a`, cache: "revalidate" });
    await createHttpClient({ cacheDirectory: directory }).fetch({ url: `${server.url}/absent`, cache: "revalidate" });
    const { total } = server.connections;
    const client = createHttpClient({ cacheDirectory: directory, isOffline: true, nowMs: () => Date.now() + 1e12 });
    expect(text(await client.fetch({ url: `${server.url}/a`, cache: "revalidate" }))).toBe("one");
    expect((await client.fetch({ url: `${server.url}/absent`, cache: "revalidate" })).status).toBe(404);
    for (const path of ["/c", "/b?token=abcdef"]) {
      await expect(
        client.fetch({ url: server.url.replace("//", "//me:pass@") + path, cache: "revalidate", what: "lodash" }),
      ).rejects.toMatchObject({ code: "offline", hint: expect.stringContaining("--offline") });
    }
    expect(client.missing).toEqual([`${server.url}/b?token=***`, `${server.url}/c`]);
    expect([server.connections.total, server.asked.length]).toEqual([total, 2]);
  });
});

describe("damaged entries", () => {
  const damages: readonly [string, (bytes: Buffer) => Uint8Array][] = [
    ["one_byte_flipped in the body", (bytes) => bytes.fill((bytes.at(-1) ?? 0) ^ 1, bytes.length - 1)],
    ["one_byte_flipped in the head", (bytes) => bytes.fill((bytes[70] ?? 0) ^ 1, 70, 71)],
    ["one_byte_flipped in the checksum", (bytes) => bytes.fill((bytes[3] ?? 0) ^ 1, 3, 4)],
    ["truncated", (bytes) => bytes.subarray(0, bytes.length - 2)],
    ["cut in the head", (bytes) => bytes.subarray(0, 80)],
    ["empty", () => new Uint8Array()],
    ["garbage", () => Buffer.alloc(5000, 0x0a)],
  ];

  it.each(damages)("%s: is fetched again and overwritten", async (_, damage) => {
    const [server, cacheDirectory] = [await startRegistryServer(), temporaryDirectory()];
    server.serve("/a", { body: "body", headers: { "cache-control": "max-age=300" } });
    const request = { url: `${server.url}/a`, cache: "immutable" } as const;
    await createHttpClient({ cacheDirectory }).fetch(request);
    const file = join(cacheDirectory, filesBelow(cacheDirectory)[0] ?? "");
    writeFileSync(file, damage(readFileSync(file)));
    expect(text(await createHttpClient({ cacheDirectory }).fetch(request))).toBe("body");
    expect(server.requests[1]?.headers["if-none-match"]).toBeUndefined();
    expect((await createHttpClient({ cacheDirectory }).fetch(request)).isFromCache).toBe(true);
    expect(server.asked).toHaveLength(2);
  });

  it("swapped: an entry under another entry's name is not taken for it", async () => {
    const [server, cacheDirectory] = [await startRegistryServer(), temporaryDirectory()];
    server.serve("/a", "a").serve("/b", "b");
    await createHttpClient({ cacheDirectory }).fetch({ url: `${server.url}/a`, cache: "immutable" });
    const first = filesBelow(cacheDirectory);
    await createHttpClient({ cacheDirectory }).fetch({ url: `${server.url}/b`, cache: "immutable" });
    const second = filesBelow(cacheDirectory).find((name) => !first.includes(name)) ?? "";
    writeFileSync(join(cacheDirectory, second), readFileSync(join(cacheDirectory, first[0] ?? "")));
    expect(text(await createHttpClient({ cacheDirectory }).fetch({ url: `${server.url}/b`, cache: "immutable" }))).toBe(
      "b",
    );
  });
});

describe("a cache that cannot be written", () => {
  it("read_only: works without it, with one warning", async () => {
    const [server, directory] = [await startRegistryServer(), temporaryDirectory()];
    server.serveFrom((path) => ({ body: path }));
    // A file where the folder should be fails for every user, root included.
    writeFileSync(join(directory, "http-v1"), "");
    const warnings: string[] = [];
    const client = createHttpClient({ cacheDirectory: directory, onWarning: (message) => warnings.push(message) });
    for (const path of ["/a", "/b", "/c"]) {
      expect(text(await client.fetch({ url: server.url + path, cache: "revalidate" }))).toBe(path);
    }
    expect(warnings).toEqual([expect.stringMatching(/cannot be written \(E[A-Z]+\); going on without it/u)]);
  });

  it("read_only_but_filled: what is there is still used", async () => {
    const [server, cacheDirectory] = [await startRegistryServer(), temporaryDirectory()];
    server.serve("/a", "body");
    await createHttpClient({ cacheDirectory }).fetch({ url: `${server.url}/a`, cache: "immutable" });
    const folders = readdirSync(join(cacheDirectory, "http-v1"));
    for (const folder of folders) chmodSync(join(cacheDirectory, "http-v1", folder), 0o500);
    const kept = await createHttpClient({ cacheDirectory }).fetch({ url: `${server.url}/a`, cache: "immutable" });
    for (const folder of folders) chmodSync(join(cacheDirectory, "http-v1", folder), 0o700);
    expect(kept.isFromCache).toBe(true);
  });
});

describe("the files of the cache", () => {
  const entry: CacheEntry = {
    url: "http://127.0.0.1/a",
    status: 200,
    contentType: "text/plain",
    confirmedMs: 1,
    freshMs: 0,
    body: encode("body"),
  };

  it("0600: are for their owner only, below a folder that names the format", () => {
    const directory = temporaryDirectory();
    new DiskCache(directory, () => undefined).write("key", entry);
    const [file = ""] = filesBelow(directory);
    expect(file).toMatch(/^http-v1\/[0-9a-f]{2}\/[0-9a-f]{62}$/u);
    expect(statSync(join(directory, file)).mode & 0o777).toBe(0o600);
    expect(statSync(join(directory, file, "..")).mode & 0o777).toBe(0o700);
  });

  it("other_formats: folders of other versions are left alone", () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, "http-v0", "tmp"), { recursive: true });
    writeFileSync(join(directory, "http-v0", "tmp", "x"), "old");
    const cache = new DiskCache(directory, () => undefined);
    cache.write("key", entry);
    expect(filesBelow(join(directory, "http-v0"))).toEqual(["tmp/x"]);
    expect(text(cache.read("key"))).toBe("body");
  });

  it("abandoned: what a killed process left is removed after an hour, and no younger file", () => {
    const directory = temporaryDirectory();
    const temporary = join(directory, "http-v1", "tmp");
    mkdirSync(temporary, { recursive: true });
    for (const name of ["old", "young"]) writeFileSync(join(temporary, name), "half");
    const longAgo = Date.now() / 1000 - 7200;
    utimesSync(join(temporary, "old"), longAgo, longAgo);
    new DiskCache(directory, () => undefined).write("key", entry);
    expect(readdirSync(temporary)).toEqual(["young"]);
  });

  it("secrets: nothing of a credential reaches the disk", async () => {
    const [server, cacheDirectory] = [await startRegistryServer(), temporaryDirectory()];
    server
      .serve("/a", "a")
      .serve("/signed", "b")
      .fail("/b", { kind: "redirect", to: "/signed?X-Amz-Signature=s3cr3t-signature" });
    const client = createHttpClient({ cacheDirectory });
    await client.fetch({ url: `${server.url.replace("//", "//user:s3cr3t-pass@")}/a`, cache: "revalidate" });
    await client.fetch({ url: `${server.url}/b`, cache: "revalidate", authorization: "Bearer s3cr3t-token" });
    await client.fetch({ url: `${server.url}/a?token=s3cr3t-query`, cache: "revalidate" });
    const files = filesBelow(cacheDirectory);
    expect(files).toHaveLength(2);
    for (const file of files) {
      const content = readFileSync(join(cacheDirectory, file), "latin1");
      expect(content).not.toContain("s3cr3t");
      expect(content).not.toContain(Buffer.from("user:s3cr3t-pass").toString("base64"));
    }
  });

  it(
    "ten_processes and kill_9: every entry is whole or absent, and no answer is wrong",
    { timeout: 120_000 },
    async () => {
      ensureBuilt();
      const directory = temporaryDirectory();
      await raceWriters("cache-writer.mjs", directory);
      const cache = new DiskCache(directory, () => undefined);
      for (let key = 0; key < 20; key += 1) {
        const body = text(cache.read(`key ${key}`));
        expect(body).toMatch(new RegExp(`^key ${key} by \\d (x+)$`, "u"));
        expect(body.length).toBeGreaterThan(50_000);
      }
    },
  );
});
