import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { describe, expect, it, onTestFinished } from "vitest";

import { EnkiError } from "../../src/model/enki-error.ts";
import type { HttpClientOptions } from "../../src/net/client-options.ts";
import { createHttpClient } from "../../src/net/client.ts";
import type { HttpProgress } from "../../src/net/progress.ts";
import { startRegistryServer } from "../helpers/registry-server.ts";

const text = (document: { body: Uint8Array }) => new TextDecoder().decode(document.body);
/** Pauses are recorded instead of waited for. */
function impatient(options: HttpClientOptions = {}) {
  const pauses: number[] = [];
  const client = createHttpClient({
    random: () => 0.5,
    sleep: async (ms) => void pauses.push(ms),
    ...options,
  });
  return { client, pauses };
}
const failureOf = async (promise: Promise<unknown>): Promise<EnkiError> => {
  const error: unknown = await promise.then(
    () => new Error("it did not fail"),
    (reason: unknown) => reason,
  );
  if (error instanceof EnkiError) return error;
  throw error;
};

describe("retries", () => {
  it("retry_too_many_requests: waits as long as Retry-After says, in seconds or as a date, at most a minute", async () => {
    const server = await startRegistryServer();
    const nowMs = Date.parse("2026-01-01T00:00:00Z");
    const { client, pauses } = impatient({ nowMs: () => nowMs });
    server
      .serve("/a", "body")
      .fail(
        "/a",
        { kind: "status", status: 429, headers: { "retry-after": "7" } },
        { kind: "status", status: 429, headers: { "retry-after": "Thu, 01 Jan 2026 00:00:12 GMT" } },
        { kind: "status", status: 429, headers: { "retry-after": "86400" } },
      );
    expect(text(await client.fetch({ url: `${server.url}/a`, cache: "none" }))).toBe("body");
    expect(pauses).toEqual([7000, 12_000, 60_000]);
  });

  it.each([408, 500, 502, 503, 504, 522])("retry_spurious_status: %i is tried three more times", async (status) => {
    const server = await startRegistryServer();
    const { client, pauses } = impatient();
    const fault = { kind: "status", status } as const;
    server.serve("/a", "body").fail("/a", fault, fault, fault);
    expect(text(await client.fetch({ url: `${server.url}/a`, cache: "none" }))).toBe("body");
    expect(pauses).toEqual([500, 1000, 2000]);
    expect(server.asked).toHaveLength(4);
  });

  it("retry_gives_up: after four attempts the error names the package, the URL and the attempts", async () => {
    const server = await startRegistryServer();
    const { client } = impatient();
    const fault = { kind: "status", status: 503 } as const;
    server.serve("/a", "body").fail("/a", fault, fault, fault, fault);
    const error = await failureOf(client.fetch({ url: `${server.url}/a`, cache: "none", what: "react" }));
    expect(error.code).toBe("network");
    expect(error.message).toBe(`react cannot be read from ${server.url}/a: the server answered 503 (4 attempts)`);
  });

  it("retry_reset: a reset connection is tried again", async () => {
    const server = await startRegistryServer();
    const { client, pauses } = impatient();
    server.serve("/a", "body").fail("/a", { kind: "reset" }, { kind: "reset" });
    expect(text(await client.fetch({ url: `${server.url}/a`, cache: "none" }))).toBe("body");
    expect(pauses).toHaveLength(2);
  });

  it("retry_cut_body: a body that is cut midway is asked for again from its start", async () => {
    const server = await startRegistryServer();
    const { client } = impatient();
    const body = "0123456789".repeat(10_000);
    server.serve("/a", body).fail("/a", { kind: "cut", afterBytes: 50_000 }, { kind: "cut", afterBytes: 1 });
    expect(text(await client.fetch({ url: `${server.url}/a`, cache: "none" }))).toBe(body);
    expect(server.requests.map((request) => request.headers.range)).toEqual([undefined, undefined, undefined]);
  });

  it("retry_damaged_gzip: a body that cannot be unpacked is asked for again", async () => {
    const server = await startRegistryServer();
    const { client } = impatient();
    server
      .serve("/a", "body")
      .fail("/a", { kind: "status", status: 200, headers: { "content-encoding": "gzip" }, body: "not gzip" });
    expect(text(await client.fetch({ url: `${server.url}/a`, cache: "none" }))).toBe("body");
  });

  it.each([
    [401, "unauthorised"],
    [403, "unauthorised"],
    [400, "network"],
  ])("no_retry: %i is an error at once (%s)", async (status, code) => {
    const server = await startRegistryServer();
    const { client, pauses } = impatient();
    server.serve("/a", { body: "no", status });
    expect((await failureOf(client.fetch({ url: `${server.url}/a`, cache: "none" }))).code).toBe(code);
    expect(pauses).toEqual([]);
  });

  it.each([404, 410, 451])("absent: %i is an answer", async (status) => {
    const server = await startRegistryServer();
    const { client } = impatient();
    server.serve("/a", { body: "gone", status });
    const document = await client.fetch({ url: `${server.url}/a`, cache: "none" });
    expect([document.status, document.body.length]).toEqual([404, 0]);
  });

  it("connection_refused: a server that is not there is reported as such", async () => {
    const server = await startRegistryServer();
    const { url } = server;
    await server.stop();
    const { client } = impatient();
    expect((await failureOf(client.fetch({ url, cache: "none" }))).message).toContain("the connection was refused");
  });
});

describe("timeouts", () => {
  // undici's clock ticks about once a second for short times.
  const timeouts = { connectMs: 200, headersMs: 200, bodyMs: 200 };

  it("headers_timeout: a server that never answers", async () => {
    const server = await startRegistryServer();
    const { client } = impatient({ timeouts, retry: { retries: 0 } });
    server.serve("/a", "body").fail("/a", { kind: "silence" });
    const error = await failureOf(client.fetch({ url: `${server.url}/a`, cache: "none" }));
    expect(error.message).toContain("no answer within the time limit (1 attempt)");
  });

  it("body_timeout: a body that stalls is tried again", async () => {
    const server = await startRegistryServer();
    const { client, pauses } = impatient({ timeouts });
    server.serve("/a", "body").fail("/a", { kind: "stall", afterBytes: 2 });
    expect(text(await client.fetch({ url: `${server.url}/a`, cache: "none" }))).toBe("body");
    expect(pauses).toHaveLength(1);
  });

  it("connect_timeout: a host that accepts and never shakes hands", async () => {
    const silent = createServer((socket) => socket.unref()).listen(0, "127.0.0.1");
    onTestFinished(() => void silent.close());
    await once(silent, "listening");
    const { client } = impatient({ timeouts, retry: { retries: 0 } });
    const url = `https://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
    const error = await failureOf(client.fetch({ url, cache: "none" }));
    expect(error.message).toContain("no connection within the time limit");
    await client.close();
  });
});

describe("limits and encodings", () => {
  it.each([
    ["gzip", gzipSync],
    ["br", brotliCompressSync],
  ] as const)("decodes %s, small and large", async (encoding, compress) => {
    const server = await startRegistryServer();
    const { client } = impatient();
    const large = Array.from({ length: 60_000 }, (_, index) => String((index * 7919) % 10_007)).join(" ");
    server.serve("/small", { body: compress("small"), headers: { "content-encoding": encoding } });
    server.serve("/large", { body: compress(large), headers: { "content-encoding": encoding } });
    expect(text(await client.fetch({ url: `${server.url}/small`, cache: "none" }))).toBe("small");
    expect(text(await client.fetch({ url: `${server.url}/large`, cache: "none" }))).toBe(large);
    expect(server.requests[0]?.headers["accept-encoding"]).toBe("gzip, br");
  });

  it("document_limit: too many bytes are refused, announced or not, plain or packed (200 MB of zeros)", async () => {
    const server = await startRegistryServer();
    const { client } = impatient({ maxBytes: 1000 });
    server.serve("/announced", "x".repeat(1001));
    server.serve("/bomb", {
      body: gzipSync(Buffer.alloc(200_000_000)).subarray(0),
      headers: { "content-encoding": "gzip" },
    });
    server.serve("/small-bomb", { body: gzipSync(Buffer.alloc(100_000)), headers: { "content-encoding": "gzip" } });
    for (const path of ["/announced", "/bomb", "/small-bomb"]) {
      const error = await failureOf(client.fetch({ url: server.url + path, cache: "none", what: "left-pad" }));
      expect([error.code, error.message]).toEqual([
        "limit-exceeded",
        `left-pad: the document is larger than 1000 bytes (${server.url}${path})`,
      ]);
    }
    expect(server.asked).toHaveLength(3);
    const allowed = await client.fetch({ url: `${server.url}/announced`, cache: "none", maxBytes: 2000 });
    expect(allowed.body).toHaveLength(1001);
  });

  it("refuses encodings that nobody asked for", async () => {
    const server = await startRegistryServer();
    const { client } = impatient();
    server.serve("/a", { body: "x", headers: { "content-encoding": "compress" } });
    expect((await failureOf(client.fetch({ url: `${server.url}/a`, cache: "none" }))).message).toContain('"compress"');
  });
});

describe("redirects", () => {
  it("redirect_same_host: keeps the credentials and tells the last URL", async () => {
    const server = await startRegistryServer();
    const { client } = impatient();
    server.serve("/b", "body").fail("/a", { kind: "redirect", to: "/b", status: 301 });
    const document = await client.fetch({ url: `${server.url}/a`, cache: "none", authorization: "Bearer abcdef" });
    expect([document.url, text(document)]).toEqual([`${server.url}/b`, "body"]);
    expect(server.requests.map((request) => request.headers.authorization)).toEqual(["Bearer abcdef", "Bearer abcdef"]);
  });

  it("redirect_other_host: drops every header that may be a credential, for good", async () => {
    const [first, second] = [await startRegistryServer(), await startRegistryServer()];
    const { client } = impatient();
    first.serve("/home", "body").fail("/a", { kind: "redirect", to: `${second.url}/b` });
    second.fail("/b", { kind: "redirect", to: `${first.url}/home` });
    await client.fetch({
      url: `${first.url}/a`,
      cache: "none",
      authorization: "Bearer abcdef",
      headers: { "X-Api-Key": "private", Cookie: "session=1", "npm-otp": "123456" },
      accept: "application/json",
    });
    expect(first.requests[0]?.headers).toMatchObject({ authorization: "Bearer abcdef", "x-api-key": "private" });
    for (const request of [second.requests[0], first.requests[1]]) {
      expect(Object.keys(request?.headers ?? {}).toSorted()).toEqual(
        ["accept", "accept-encoding", "connection", "host", "user-agent"].toSorted(),
      );
    }
  });

  it("redirect_loop and redirect_too_many: are refused and not repeated", async () => {
    const server = await startRegistryServer();
    const { client, pauses } = impatient();
    server.fail("/a", { kind: "redirect", to: "/b" }).fail("/b", { kind: "redirect", to: "/a" });
    expect((await failureOf(client.fetch({ url: `${server.url}/a`, cache: "none" }))).message).toContain("circle");
    for (let index = 0; index < 12; index += 1) server.fail(`/${index}`, { kind: "redirect", to: `/${index + 1}` });
    expect((await failureOf(client.fetch({ url: `${server.url}/0`, cache: "none" }))).message).toContain(
      "more than 10",
    );
    expect(pauses).toEqual([]);
  });

  it("redirect_scheme: nothing but http and https is followed", async () => {
    const server = await startRegistryServer();
    const { client } = impatient();
    server.fail("/a", { kind: "redirect", to: "file:///etc/passwd" });
    expect((await failureOf(client.fetch({ url: `${server.url}/a`, cache: "none" }))).message).toContain("leaves HTTP");
  });
});

describe("one question per document", () => {
  it("asked_once: concurrent and later calls share the answer", async () => {
    const server = await startRegistryServer();
    const { client } = impatient();
    server.serve("/a", "body");
    const request = { url: `${server.url}/a`, cache: "revalidate" } as const;
    const [first, second] = await Promise.all([client.fetch(request), client.fetch(request)]);
    expect(first).toBe(second);
    expect(await client.fetch(request)).toBe(first);
    expect(server.asked).toEqual(["/a"]);
  });

  it("cap_per_host: no more connections than allowed, however many requests", async () => {
    const server = await startRegistryServer();
    const { client } = impatient({ connectionsPerHost: 3 });
    server.serveFrom(() => ({ body: "x" }));
    for (let index = 0; index < 30; index += 1) server.fail(`/${index}`, { kind: "delay", ms: 5 });
    await Promise.all(
      Array.from({ length: 30 }, (_, index) => client.fetch({ url: `${server.url}/${index}`, cache: "none" })),
    );
    expect(server.connections.mostOpen).toBe(3);
    expect(server.connections.total).toBe(3);
  });

  it("a failure is not remembered", async () => {
    const server = await startRegistryServer();
    const { client } = impatient({ retry: { retries: 0 } });
    server.serve("/a", "body").fail("/a", { kind: "status", status: 503 });
    const request = { url: `${server.url}/a`, cache: "none" } as const;
    await failureOf(client.fetch(request));
    expect(text(await client.fetch(request))).toBe("body");
  });
});

describe("ranges and hashes", () => {
  it("asks for parts, and takes the whole from a server that knows none", async () => {
    const server = await startRegistryServer();
    const { client } = impatient();
    server.serve("/a", "0123456789").serve("/b", { body: "0123456789", ignoresRanges: true });
    const suffix = await client.fetch({ url: `${server.url}/a`, cache: "none", range: { suffix: 3 } });
    expect([suffix.status, text(suffix), suffix.totalBytes]).toEqual([206, "789", 10]);
    const middle = await client.fetch({ url: `${server.url}/a`, cache: "none", range: { start: 2, end: 5 } });
    expect([middle.status, text(middle)]).toEqual([206, "234"]);
    const whole = await client.fetch({ url: `${server.url}/b`, cache: "none", range: { suffix: 3 } });
    expect([whole.status, text(whole)]).toEqual([200, "0123456789"]);
    expect(server.requests.every((request) => request.headers["accept-encoding"] === "identity")).toBe(true);
  });

  it("integrity_mismatch: shows both digests", async () => {
    const server = await startRegistryServer();
    const { client } = impatient();
    server.serve("/a", "hello");
    const actual = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    const good = await client.fetch({ url: `${server.url}/a`, cache: "none", sha256: actual });
    expect(text(good)).toBe("hello");
    const error = await failureOf(client.fetch({ url: `${server.url}/a`, cache: "none", sha256: "0".repeat(64) }));
    expect(error.code).toBe("integrity-mismatch");
    expect(error.message).toContain(actual);
    expect(error.message).toContain("0".repeat(64));
  });
});

describe("interruption", () => {
  it("abort: ends requests and pauses within 100 ms", async () => {
    const server = await startRegistryServer();
    const controller = new AbortController();
    const client = createHttpClient({ signal: controller.signal });
    server.serveFrom(() => ({ body: "x" })).fail("/a", { kind: "silence" });
    server.fail("/b", { kind: "status", status: 503, headers: { "retry-after": "30" } });
    const failures = ["/a", "/b"].map((path) => failureOf(client.fetch({ url: server.url + path, cache: "none" })));
    await new Promise((resolve) => setTimeout(resolve, 150));
    const started = performance.now();
    controller.abort();
    expect((await Promise.all(failures)).map((error) => error.code)).toEqual(["aborted", "aborted"]);
    // 100 ms is the promise; a busy machine may take a little longer to come round to it.
    expect(performance.now() - started).toBeLessThan(300);
    expect((await failureOf(client.fetch({ url: `${server.url}/c`, cache: "none" }))).code).toBe("aborted");
  });
});

describe("progress", () => {
  it("counts documents, bytes and repetitions, and names the slowest", async () => {
    const server = await startRegistryServer();
    const seen: HttpProgress[] = [];
    const { client } = impatient({ onProgress: (progress) => seen.push(progress) });
    server.serve("/a", "12345").fail("/a", { kind: "reset" });
    await client.fetch({ url: `${server.url}/a`, cache: "none", what: "react" });
    expect(seen[0]).toMatchObject({ asked: 1, answered: 0, slowest: { what: "react" } });
    expect(client.progress).toEqual({ asked: 1, answered: 1, cached: 0, receivedBytes: 5, retries: 1 });
  });
});
