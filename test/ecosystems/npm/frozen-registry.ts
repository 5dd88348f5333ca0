import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { sharedNpmData } from "./shared-scenarios.ts";

/** Where the tarballs of the frozen registry are said to lie. */
const frozenTarballBase = "https://npm.example";

/** The folder with the frozen registry's packuments, unpacked once per machine; `undefined` (with a reason printed) when the data is missing. */
export function frozenPackuments(): string | undefined {
  const archive = join(sharedNpmData, "packuments.tar.xz");
  if (!existsSync(archive)) {
    console.warn("skipped: ../shared/data/npm is not there");
    return undefined;
  }
  const target = join(tmpdir(), "enki-frozen-npm");
  if (existsSync(target)) return join(target, "packuments");
  const fresh = `${target}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  const unpacked = spawnSync("tar", ["xJf", archive, "-C", fresh]);
  if (unpacked.status !== 0) {
    console.warn(`skipped: tar cannot unpack the packuments: ${unpacked.stderr.toString()}`);
    return undefined;
  }
  if (!existsSync(target)) renameSync(fresh, target);
  return join(target, "packuments");
}

/** Fields of a version in an abbreviated packument. */
const abbreviatedFields = [
  "name",
  "version",
  "dependencies",
  "optionalDependencies",
  "devDependencies",
  "bundleDependencies",
  "peerDependencies",
  "peerDependenciesMeta",
  "bin",
  "directories",
  "dist",
  "engines",
  "os",
  "cpu",
  "libc",
  "hasInstallScript",
  "deprecated",
  "funding",
];

interface Document {
  readonly name: string;
  readonly "dist-tags": object;
  readonly versions: Record<string, Record<string, unknown>>;
}

function abbreviate(document: Document): object {
  const versions = Object.entries(document.versions).map(([version, manifest]) => [
    version,
    Object.fromEntries(Object.entries(manifest).filter(([field]) => abbreviatedFields.includes(field))),
  ]);
  return {
    name: document.name,
    "dist-tags": document["dist-tags"],
    modified: "2026-11-01T00:00:00.000Z",
    versions: Object.fromEntries(versions),
  };
}

interface PreparedDocument {
  readonly gzip: Buffer;
  readonly etag: string;
}

/** How a frozen registry answers. */
export interface FrozenRegistryOptions {
  /** Whether abbreviated documents are given to those who ask for them. */
  readonly isAbbreviated: boolean;
  /** Bytes of a tarball by its path, for the few that tests need. */
  readonly tarball?: (path: string) => Promise<Uint8Array | undefined>;
  /** Milliseconds to wait before an answer, by request; shuffles the order of arrival. */
  readonly delayMs?: () => number;
}

/** A registry on 127.0.0.1 that serves a folder of packuments, gzipped and with ETags, and rewrites tarball addresses to itself. */
export class FrozenRegistry {
  readonly #server: Server;
  readonly #directory: string;
  readonly #options: FrozenRegistryOptions;
  readonly #prepared = new Map<string, PreparedDocument | undefined>();
  /** Every request so far: method and path. */
  readonly requests: string[] = [];

  private constructor(server: Server, directory: string, options: FrozenRegistryOptions) {
    this.#server = server;
    this.#directory = directory;
    this.#options = options;
  }

  static async start(directory: string, options: FrozenRegistryOptions, port = 0): Promise<FrozenRegistry> {
    const server = createServer();
    server.keepAliveTimeout = 60_000;
    const registry = new FrozenRegistry(server, directory, options);
    server.on("request", (request, response) => {
      registry.requests.push(`${request.method ?? ""} ${request.url ?? ""}`);
      void registry.#answer(request.url ?? "", request.headers).then(
        ({ status, headers, body }) => {
          const send = (): void => void response.writeHead(status, headers).end(body);
          const delay = options.delayMs?.() ?? 0;
          if (delay > 0) setTimeout(send, delay);
          else send();
        },
        () => response.writeHead(500).end(),
      );
    });
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    server.unref();
    return registry;
  }

  get url(): string {
    const address = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${address.port}`;
  }

  /** Prepares every document, so that the first request costs what the second does. */
  prepare(names: Iterable<string>): void {
    for (const name of names) {
      this.#document(name, true);
      this.#document(name, false);
    }
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(
    url: string,
    headers: NodeJS.Dict<string | string[]>,
  ): Promise<{ status: number; headers: Record<string, string>; body: Uint8Array | string }> {
    const path = decodeURIComponent(url.split("?")[0] ?? "").slice(1);
    if (path.includes("/-/")) {
      const body = await this.#options.tarball?.(path);
      if (body === undefined) return { status: 404, headers: {}, body: "" };
      return { status: 200, headers: { "content-type": "application/octet-stream" }, body };
    }
    const wantsShort = this.#options.isAbbreviated && String(headers["accept"]).includes("install-v1");
    const document = this.#document(path, wantsShort);
    if (document === undefined) {
      return { status: 404, headers: { "content-type": "application/json" }, body: '{"error":"Not found"}' };
    }
    const common = { etag: document.etag, "cache-control": "public, max-age=300", vary: "accept" };
    if (headers["if-none-match"] === document.etag) return { status: 304, headers: common, body: "" };
    const type = wantsShort ? "application/vnd.npm.install-v1+json" : "application/json";
    return {
      status: 200,
      headers: { ...common, "content-type": type, "content-encoding": "gzip" },
      body: document.gzip,
    };
  }

  #document(name: string, isShort: boolean): PreparedDocument | undefined {
    const key = `${isShort ? "short" : "full"} ${name}`;
    if (this.#prepared.has(key)) return this.#prepared.get(key);
    const file = join(this.#directory, `${name.replace("/", "%2f")}.json`);
    let prepared: PreparedDocument | undefined;
    if (existsSync(file)) {
      const text = readFileSync(file, "utf8");
      const chosen = isShort ? JSON.stringify(abbreviate(JSON.parse(text) as Document)) : text;
      const body = Buffer.from(chosen.replaceAll(frozenTarballBase, this.url));
      const etag = `"${createHash("sha256").update(body).digest("hex").slice(0, 32)}"`;
      prepared = { gzip: gzipSync(body, { level: 6 }), etag };
    }
    this.#prepared.set(key, prepared);
    return prepared;
  }
}
