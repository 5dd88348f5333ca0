import { describe, expect, it } from "vitest";

import { createHttpClient } from "../../src/net/client.ts";
import { proxyFor } from "../../src/net/proxy.ts";
import { startProxy } from "../helpers/forward-proxy.ts";
import { startRegistryServer } from "../helpers/registry-server.ts";

describe("the proxy for a URL", () => {
  const environment = {
    HTTP_PROXY: "http://upper.example:1",
    http_proxy: "lower.example:2",
    HTTPS_PROXY: "https://secure.example",
  };

  it.each([
    ["http://a.example/", {}, undefined],
    ["http://a.example/", environment, "http://lower.example:2"],
    ["https://a.example/", environment, "https://secure.example"],
    ["https://a.example/", { ALL_PROXY: "http://all.example" }, "http://all.example"],
    ["https://a.example/", { HTTP_PROXY: "http://plain.example" }, undefined],
    ["https://a.example/", { HTTPS_PROXY: "  " }, undefined],
  ])("%s with %j is %s", (url, variables, expected) => {
    expect(proxyFor(new URL(url), variables)).toBe(expected);
  });

  it.each([
    ["http://a.example/", "*", true],
    ["http://a.example/", "a.example", true],
    ["http://b.a.example/", "a.example", true],
    ["http://b.a.example/", ".a.example", true],
    ["http://b.a.example/", "*.a.example", true],
    ["http://ba.example/", "a.example", false],
    ["http://A.EXAMPLE/", "x, a.example y", true],
    ["http://a.example:8080/", "a.example:8080", true],
    ["http://a.example/", "a.example:8080", false],
    ["https://a.example/", "a.example:443", true],
    ["http://127.0.0.1:5000/", "127.0.0.1", true],
    ["http://[::1]:5000/", "::1", true],
    ["http://a.example/", ",,", false],
  ])("NO_PROXY: %s with %j is excluded: %s", (url, exclusions, isExcluded) => {
    const proxy = proxyFor(new URL(url), { ALL_PROXY: "http://p.example", NO_PROXY: exclusions });
    expect(proxy === undefined).toBe(isExcluded);
  });
});

describe("the proxy of one connection", () => {
  const url = new URL("http://a.example/");
  const variables = { HTTP_PROXY: "http://p.example", NO_PROXY: "b.example" };

  it.each([
    [{ proxy: "http://own.example" }, "http://own.example"],
    [{ proxy: "own.example:3128" }, "http://own.example:3128"],
    [{ noProxy: ".example" }, undefined],
    [{ proxy: "http://own.example", noProxy: "a.example" }, undefined],
    [{}, "http://p.example"],
  ])("%j wins over the environment", (connection, expected) => {
    expect(proxyFor(url, variables, connection)).toBe(expected);
  });
});

describe("requests through a proxy", () => {
  it("http_proxy: plain requests are forwarded, with the proxy's own credentials", async () => {
    const server = await startRegistryServer();
    const proxy = await startProxy("me:pass");
    server.serve("/a", "body");
    const client = createHttpClient({ environmentVariables: { HTTP_PROXY: `http://me:pass@${proxy.host}` } });
    const document = await client.fetch({ url: `${server.url}/a`, cache: "none" });
    expect(new TextDecoder().decode(document.body)).toBe("body");
    expect(proxy.asked).toEqual([`GET ${server.url}/a`]);
    expect(server.requests[0]?.headers["proxy-authorization"]).toBeUndefined();
    await client.close();
  });

  it("https_proxy: secure requests go through a tunnel", async () => {
    const proxy = await startProxy();
    const server = await startRegistryServer();
    const client = createHttpClient({
      environmentVariables: { https_proxy: proxy.host },
      retry: { retries: 0 },
      timeouts: { connectMs: 500 },
    });
    const secure = server.url.replace("http:", "https:");
    await expect(client.fetch({ url: `${secure}/a`, cache: "none" })).rejects.toMatchObject({ code: "network" });
    expect(proxy.asked).toEqual([`CONNECT ${new URL(server.url).host}`]);
    await client.close();
  });

  it("no_proxy: an excluded host is asked directly", async () => {
    const server = await startRegistryServer();
    const proxy = await startProxy();
    server.serve("/a", "body");
    const environmentVariables = { HTTP_PROXY: proxy.host, NO_PROXY: "localhost,127.0.0.1" };
    const client = createHttpClient({ environmentVariables });
    await client.fetch({ url: `${server.url}/a`, cache: "none" });
    expect([proxy.asked, server.asked]).toEqual([[], ["/a"]]);
  });

  it("proxy_credentials: a refusal by the proxy shows no password", async () => {
    const server = await startRegistryServer();
    const proxy = await startProxy("me:right");
    const environmentVariables = { HTTP_PROXY: `http://me:s3cr3t-pass@${proxy.host}` };
    const client = createHttpClient({ environmentVariables, retry: { retries: 0 } });
    const error: unknown = await client
      .fetch({ url: `${server.url}/a`, cache: "none" })
      .catch((thrown: unknown) => thrown);
    expect(String(error)).toMatch(/407|Proxy/u);
    expect(String(error)).not.toContain("s3cr3t");
    await client.close();
  });
});
