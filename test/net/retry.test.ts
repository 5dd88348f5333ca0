import { describe, expect, it } from "vitest";

import { freshnessOf } from "../../src/net/freshness.ts";
import { defaultRetryPolicy, isRetryableCode, isRetryableStatus, retryDelayMs } from "../../src/net/retry.ts";

const nowMs = Date.parse("2026-01-01T00:00:00Z");

describe("the pause before a repetition", () => {
  it("doubles, with jitter of half to one and a half", () => {
    const pauses = [0, 1, 2].map((repetition) =>
      [0, 0.999].map((random) =>
        Math.round(retryDelayMs(repetition, undefined, defaultRetryPolicy, { nowMs, random })),
      ),
    );
    expect(pauses).toEqual([
      [250, 750],
      [500, 1499],
      [1000, 2998],
    ]);
  });

  it.each([
    ["0", 0],
    [" 12 ", 12_000],
    ["61", 60_000],
    ["Thu, 01 Jan 2026 00:00:30 GMT", 30_000],
    ["Wed, 31 Dec 2025 00:00:00 GMT", 0],
    ["soon", 500],
    ["-5", 500],
    ["1e3", 500],
    ["99999999999999999999", 500],
  ])("Retry-After: %j means %i ms", (retryAfter, expected) => {
    expect(retryDelayMs(0, retryAfter, defaultRetryPolicy, { nowMs, random: 0.5 })).toBe(expected);
  });

  it("knows what may pass and what will not", () => {
    expect([429, 500, 503, 530].every(isRetryableStatus)).toBe(true);
    expect([400, 401, 403, 404, 410, 501 + 30].some(isRetryableStatus)).toBe(false);
    expect(["ECONNRESET", "ETIMEDOUT", "UND_ERR_SOCKET"].every(isRetryableCode)).toBe(true);
    expect(["ENOTFOUND", "CERT_HAS_EXPIRED", "ERR_TLS_CERT_ALTNAME_INVALID", ""].some(isRetryableCode)).toBe(false);
  });
});

describe("freshness", () => {
  it.each<[Record<string, string>, number, boolean]>([
    [{}, 0, true],
    [{ "cache-control": "public, max-age=300" }, 300_000, true],
    [{ "cache-control": "Max-Age=300", age: "250" }, 50_000, true],
    [{ "cache-control": "max-age=300", age: "400" }, 0, true],
    [{ "cache-control": "max-age=300, no-cache" }, 0, true],
    [{ "cache-control": "max-age=300, no-store" }, 0, false],
    [{ "cache-control": 'max-age="60"' }, 60_000, true],
    [{ "cache-control": "max-age=-1" }, 0, true],
    [{ "cache-control": "max-age=9999999999" }, 31_536_000_000, true],
    [{ "cache-control": "s-maxage=60" }, 0, true],
  ])("%j: fresh for %i ms, stored: %s", (headers, freshMs, mayBeStored) => {
    expect(freshnessOf(new Map(Object.entries(headers)))).toEqual({ freshMs, mayBeStored });
  });
});
