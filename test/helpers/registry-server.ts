import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A document that the server answers with; ETag, conditions and ranges work by themselves. */
export interface ServedDocument {
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status?: number;
  /** Leave out the ETag, as poor servers do. */
  readonly hasNoValidator?: boolean;
  /** Answer ranged requests with the whole document, as poor servers do. */
  readonly ignoresRanges?: boolean;
}

/** One thing that goes wrong, used up by one request. */
export type Fault =
  | {
      readonly kind: "status";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  | { readonly kind: "redirect"; readonly to: string; readonly status?: number }
  /** The connection is torn down before an answer. */
  | { readonly kind: "reset" }
  /** The announced body ends after so many bytes. */
  | { readonly kind: "cut"; readonly afterBytes: number }
  /** No answer, ever. */
  | { readonly kind: "silence" }
  /** The headers and so many bytes of the body, then nothing more. */
  | { readonly kind: "stall"; readonly afterBytes: number }
  | { readonly kind: "delay"; readonly ms: number };

/** A request as it arrived. */
export interface ReceivedRequest {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
}

/** Finds the document for a path (query removed, percent-encoding kept), or nothing. */
export type Documents = (path: string) => ServedDocument | undefined;

/** A registry on 127.0.0.1. It stops with the test that started it, and never keeps a process alive. */
export class RegistryServer {
  readonly requests: ReceivedRequest[] = [];
  /** How many connections have been opened, and how many were open at once at most. */
  readonly connections: { total: number; open: number; mostOpen: number } = { total: 0, open: 0, mostOpen: 0 };
  readonly #server: Server;
  readonly #sources: Documents[] = [];
  readonly #faults = new Map<string, Fault[]>();
  readonly #sockets = new Set<import("node:net").Socket>();

  constructor() {
    this.#server = createServer((request, response) => void this.#handle(request, response));
    this.#server.keepAliveTimeout = 60_000;
    this.#server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.unref();
      this.connections.total += 1;
      this.connections.open += 1;
      this.connections.mostOpen = Math.max(this.connections.mostOpen, this.connections.open);
      socket.on("close", () => {
        this.#sockets.delete(socket);
        this.connections.open -= 1;
      });
    });
  }

  /** `http://127.0.0.1:<port>`, without a final slash. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Answers a path with a document; later calls win. */
  serve(path: string, document: ServedDocument | string): this {
    const served = typeof document === "string" ? { body: document } : document;
    return this.serveFrom((asked) => (asked === path ? served : undefined));
  }

  /** Answers paths from a function; later calls win. */
  serveFrom(documents: Documents): this {
    this.#sources.unshift(documents);
    return this;
  }

  /** What the next requests for a path meet, one fault each; then the document again. */
  fail(path: string, ...faults: readonly Fault[]): this {
    this.#faults.set(path, [...(this.#faults.get(path) ?? []), ...faults]);
    return this;
  }

  /** The paths that were asked for, in order. */
  get asked(): readonly string[] {
    return this.requests.map((request) => request.path);
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.#server.unref();
    return this;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => void this.#server.close(() => resolve()));
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
    this.requests.push({ path: request.url ?? "/", headers: request.headers });
    const document = this.#sources.map((source) => source(path)).find((found) => found !== undefined);
    const fault = this.#faults.get(path)?.shift();
    if (fault?.kind === "delay") await new Promise((resolve) => setTimeout(resolve, fault.ms));
    else if (fault !== undefined) return misbehave(fault, document, response);
    if (document === undefined) response.writeHead(404, { "content-type": "text/plain" }).end("not found");
    else answer(document, request, response);
  }
}

function answer(document: ServedDocument, request: IncomingMessage, response: ServerResponse): void {
  const body = Buffer.from(document.body);
  const etag = `"${createHash("sha256").update(body).digest("hex").slice(0, 16)}"`;
  const headers: Record<string, string> = { "content-type": "application/octet-stream" };
  if (document.hasNoValidator !== true) headers.etag = etag;
  Object.assign(headers, document.headers);
  const { range } = request.headers;
  if (document.hasNoValidator !== true && request.headers["if-none-match"] === headers.etag) {
    response.writeHead(304, headers).end();
  } else if (range !== undefined && document.ignoresRanges !== true) {
    const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/u.exec(range) ?? [];
    const start = first === "" ? Math.max(0, body.length - Number(last)) : Number(first);
    const end = first === "" || last === "" ? body.length : Math.min(body.length, Number(last) + 1);
    headers["content-range"] = `bytes ${start}-${end - 1}/${body.length}`;
    response.writeHead(206, { ...headers, "content-length": String(end - start) }).end(body.subarray(start, end));
  } else {
    response.writeHead(document.status ?? 200, { ...headers, "content-length": String(body.length) }).end(body);
  }
}

function misbehave(
  fault: Exclude<Fault, { kind: "delay" }>,
  document: ServedDocument | undefined,
  response: ServerResponse,
): void {
  const body = Buffer.from(document?.body ?? "");
  if (fault.kind === "status") response.writeHead(fault.status, fault.headers).end(fault.body ?? "");
  else if (fault.kind === "redirect") response.writeHead(fault.status ?? 302, { location: fault.to }).end();
  else if (fault.kind === "reset") response.destroy();
  else if (fault.kind === "cut" || fault.kind === "stall") {
    response.writeHead(200, { ...document?.headers, "content-length": String(body.length) });
    response.write(body.subarray(0, fault.afterBytes), () => {
      if (fault.kind === "cut") response.destroy();
    });
  }
}

/** The files of a directory; `rewrite` turns a path into a file's path, or `undefined` for none. */
export function filesOf(directory: string, rewrite: (path: string) => string | undefined = (path) => path): Documents {
  return (path) => {
    const file = rewrite(path);
    if (file === undefined || file.split("/").includes("..")) return undefined;
    const full = join(directory, file);
    return statSync(full, { throwIfNoEntry: false })?.isFile() === true ? { body: readFileSync(full) } : undefined;
  };
}

/** npm's registry over files named `<name>.json`, the slash of a scope as `%2f`. */
export function npmRegistry(directory: string): Documents {
  const files = filesOf(directory, (path) => `${path.slice(1).replace(/^(@[^/%]+)(?:\/|%2f)/iu, "$1%2f")}.json`);
  return (path) => withType(files(path), "application/vnd.npm.install-v1+json");
}

/** PyPI's Simple index (PEP 691) below `/simple/`: `<name>/index.json` and files beside it. */
export function pypiIndex(directory: string): Documents {
  const files = filesOf(directory, (path) => {
    if (!path.startsWith("/simple/")) return undefined;
    const rest = path.slice("/simple/".length);
    return rest.endsWith("/") ? `${rest}index.json` : rest;
  });
  return (path) => (path.endsWith("/") ? withType(files(path), "application/vnd.pypi.simple.v1+json") : files(path));
}

function withType(document: ServedDocument | undefined, contentType: string): ServedDocument | undefined {
  return document && { ...document, headers: { ...document.headers, "content-type": contentType } };
}

/** Starts a registry that stops with the running test. */
export async function startRegistryServer(): Promise<RegistryServer> {
  const server = await new RegistryServer().start();
  onTestFinished(() => server.stop());
  return server;
}
