import { describe, expect, it } from "vitest";

import { sendFollowing } from "../../src/net/redirects.ts";
import { Transport } from "../../src/net/transport.ts";
import type { WireRequest, WireResponse } from "../../src/net/transport.ts";

/** Answers from a table instead of a network: https needs no certificate here. */
class TableTransport extends Transport {
  readonly sent: WireRequest[] = [];
  readonly #redirects: ReadonlyMap<string, string>;

  constructor(redirects: ReadonlyMap<string, string>) {
    super({ timeouts: { connectMs: 1, headersMs: 1, bodyMs: 1 }, connectionsPerHost: 1, environmentVariables: {} });
    this.#redirects = redirects;
  }

  override send(request: WireRequest): Promise<WireResponse> {
    this.sent.push(request);
    const location = this.#redirects.get(request.url.href);
    return Promise.resolve({
      status: location === undefined ? 200 : 307,
      headers: new Map(location === undefined ? [] : [["location", location]]),
      body: new Uint8Array(),
    });
  }
}

const follow = async (url: string, redirects: Record<string, string>) => {
  const transport = new TableTransport(new Map(Object.entries(redirects)));
  const request = {
    url: new URL(url),
    headers: new Map([
      ["authorization", "Bearer x"],
      ["accept", "*/*"],
    ]),
    maxBytes: 1,
    signal: undefined,
    onBytes: () => undefined,
  };
  const { url: last } = await sendFollowing(transport, request);
  return { last: last.href, credentials: transport.sent.map((sent) => sent.headers.get("authorization")) };
};

describe("redirects between schemes and hosts", () => {
  it("redirect_downgrade: https to http is refused", async () => {
    await expect(follow("https://a.example/", { "https://a.example/": "http://a.example/" })).rejects.toThrow(
      /from https to http/u,
    );
  });

  it("redirect_upgrade: http to https is followed, without credentials because the origin is another", async () => {
    expect(await follow("http://a.example/", { "http://a.example/": "https://a.example/x" })).toEqual({
      last: "https://a.example/x",
      credentials: ["Bearer x", undefined],
    });
  });

  it("redirect_port: another port of the same host is another origin", async () => {
    const { credentials } = await follow("https://a.example/", { "https://a.example/": "https://a.example:8443/" });
    expect(credentials).toEqual(["Bearer x", undefined]);
  });

  it("redirect_back: credentials do not come back with the host", async () => {
    const { credentials } = await follow("https://a.example/1", {
      "https://a.example/1": "https://b.example/",
      "https://b.example/": "https://a.example/2",
    });
    expect(credentials).toEqual(["Bearer x", undefined, undefined]);
  });

  it("redirect_credentials: a location brings none of its own", async () => {
    const { last } = await follow("https://a.example/", { "https://a.example/": "https://user:pass@b.example/#x" });
    expect(last).toBe("https://b.example/");
  });

  it("redirect_to_nowhere: an unreadable location is no redirect", async () => {
    const { last } = await follow("https://a.example/", { "https://a.example/": "https://" });
    expect(last).toBe("https://a.example/");
  });
});
