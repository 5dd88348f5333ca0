import { describe, expect, it } from "vitest";

import { EnkiError } from "../../src/model/enki-error.ts";
import type { HttpRequest } from "../../src/net/http-client.ts";
import { cacheKey, prepareRequest } from "../../src/net/prepared-request.ts";

const prepare = (request: Omit<HttpRequest, "cache"> & { cache?: HttpRequest["cache"] }) =>
  prepareRequest({ cache: "revalidate", ...request }, "enki/1");

describe("a request", () => {
  it.each([
    ["https://user:pass@h.example/", "user:pass"],
    ["https://us%40er:p%3Ass@h.example/", "us@er:p:ss"],
    ["https://user:100%@h.example/", "user:100%"],
    ["https://token@h.example/", "token:"],
  ])("credentials of %s become a header", (url, credentials) => {
    const prepared = prepare({ url });
    expect(prepared.headers.get("authorization")).toBe(`Basic ${Buffer.from(credentials).toString("base64")}`);
    expect(prepared.url.href).toBe("https://h.example/");
    expect(prepared.key).not.toContain("pass");
  });

  it("an authorisation that is given wins over the one in the URL", () => {
    const prepared = prepare({ url: "https://user:pass@h.example/", authorization: "Bearer abcdef" });
    expect(prepared.headers.get("authorization")).toBe("Bearer abcdef");
  });

  it("the key tells apart what the answer depends on, and nothing else", () => {
    const url = "https://h.example/a";
    const requests = [
      { url },
      { url: `${url}?b` },
      { url, accept: "text/html" },
      { url, range: { suffix: 5 } },
      { url, range: { start: 0, end: 5 } },
      { url, derive: { format: "x", compute: (body: Uint8Array) => body } },
      { url, authorization: "Bearer abcdef" },
      { url, connection: { acceptsAnyCertificate: true } },
    ];
    expect(new Set(requests.map((request) => prepare(request).key)).size).toBe(requests.length);
    const same = [
      { url: `${url}#fragment` },
      { url, what: "a" },
      { url, maxBytes: 5 },
      { url: "https://h.example/./a" },
      { url, connection: { proxy: "http://p.example", clientCertificateFor: () => undefined } },
    ];
    expect(new Set([{ url }, ...same].map((request) => prepare(request).key)).size).toBe(1);
    expect(prepare({ url, authorization: "Bearer other" }).key).toBe(
      prepare({ url, authorization: "Bearer abcdef" }).key,
    );
    const plain = { url: "http://h.example/a" };
    expect(prepare({ ...plain, connection: { acceptsAnyCertificate: true } }).key).toBe(prepare(plain).key);
    const shown = { place: "//h.example/", certificate: "c", key: "secret" };
    const identified = { url, connection: { clientCertificateFor: () => shown } };
    expect(prepare(identified).key).toBe(prepare({ url, authorization: "Bearer abcdef" }).key);
    expect(cacheKey({ cache: "revalidate", ...identified })).toBe(prepare(identified).key);
  });

  it("the key without preparing is the key, or none", () => {
    const folders = [
      "https://h.example/",
      "http://H.example:80/a/../b/",
      "https://u:p@h.example/",
      "https://h.example",
    ];
    const endings = [
      "a",
      "@s%2Fa",
      "@s%2fa",
      "..",
      ".",
      "%2e%2E",
      "...",
      "a b",
      "a?b",
      "a#b",
      "",
      "\u00e9",
      "a\tb",
      "a\\b",
    ];
    let known = 0;
    for (const url of [...folders, "http://h.example/?q=/"].flatMap((folder) =>
      endings.map((ending) => folder + ending),
    )) {
      for (const request of [{ url }, { url, accept: "x", authorization: "Bearer abcdef" }]) {
        const key = cacheKey({ cache: "revalidate", ...request });
        if (key === undefined) continue;
        known += 1;
        const prepared = prepare(request);
        expect([prepared.key, prepared.isStorable || !url.includes("?")]).toEqual([key, true]);
      }
    }
    expect(known).toBeGreaterThan(10);
    expect(cacheKey({ url: "https://h.example/a", cache: "none" })).toBeUndefined();
    expect(cacheKey({ url: "ftp://h.example/a", cache: "immutable" })).toBeUndefined();
  });

  it("is stored only when its URL holds no secret", () => {
    expect(prepare({ url: "https://user:pass@h.example/a" }).isStorable).toBe(true);
    expect(prepare({ url: "https://h.example/a?sig=abc" }).isStorable).toBe(false);
    expect(prepare({ url: "https://h.example/a", cache: "none" }).isStorable).toBe(false);
  });

  it("asks for the bytes themselves when parts or hashes matter", () => {
    expect(prepare({ url: "https://h.example/a" }).headers.get("accept-encoding")).toBe("gzip, br");
    const exact = prepare({ url: "https://h.example/a", range: { start: 10, end: 20 } });
    expect([exact.headers.get("accept-encoding"), exact.headers.get("range")]).toEqual(["identity", "bytes=10-19"]);
    expect(prepare({ url: "https://h.example/a", sha256: "00" }).headers.get("accept-encoding")).toBe("identity");
  });

  it.each(["", "h.example/a", "ftp://h.example/", "file:///etc/passwd", "https://", "javascript:alert(1)"])(
    "%j is refused",
    (url) => {
      expect(() => prepare({ url })).toThrow(EnkiError);
    },
  );
});
