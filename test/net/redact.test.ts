import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createHttpClient } from "../../src/net/client.ts";
import { coverCredentials, redactText, redactUrl, secretsOfAuthorization } from "../../src/net/redact.ts";
import { startRegistryServer } from "../helpers/registry-server.ts";

describe("redaction", () => {
  it.each([
    ["https://user:pass@host.example/x", "https://***@host.example/x"],
    ["https://user:p@ss@host.example/@scope/x", "https://***@host.example/@scope/x"],
    ["https://token@host.example:8443/", "https://***@host.example:8443/"],
    ["git+ssh://git@host.example/x.git", "git+ssh://git@host.example/x.git"],
    ["git+https://git:secret@host.example/x.git", "git+https://***@host.example/x.git"],
    ["https://host.example/@scope%2fname", "https://host.example/@scope%2fname"],
    ["https://user:p/a@ss@host.example/x", "https://***@host.example/x"],
    ["user:secret@host.example", "***@host.example"],
    ["https://host.example/x?token=abc&page=2#f", "https://host.example/x?token=***&page=2#f"],
    ["https://host.example/x?X-Amz-Signature=abc&sig=d", "https://host.example/x?X-Amz-Signature=***&sig=***"],
    ["https://host.example/?monkey=1&tokens=2", "https://host.example/?monkey=1&tokens=2"],
  ])("%s -> %s", (text, expected) => {
    expect(redactUrl(text)).toBe(expected);
  });

  it("finds URLs and known secrets in a sentence", () => {
    expect(redactText("see https://a:b@h.example/x, and s3cret!", ["s3cret", "no"])).toBe(
      "see https://***@h.example/x, and ***!",
    );
  });

  it("covers credentials in a line without moving what follows", () => {
    const line = 'a = "https://user:p@ss@h.example/x@y", b = "git+ssh://git@h.example/z", c = "https://h.example/@s/x"';
    const covered = coverCredentials(line);
    expect(covered).toBe(line.replace("user:p@ss", "*********"));
    expect(redactText(covered)).toBe(covered);
  });

  it("knows the parts of a Basic header", () => {
    const header = `Basic ${Buffer.from("user:p:word").toString("base64")}`;
    expect(secretsOfAuthorization(header)).toEqual([header, header.slice(6), "user:p:word", "p:word"]);
    expect(secretsOfAuthorization("Bearer abcdef")).toEqual(["Bearer abcdef", "abcdef"]);
  });

  it("leaves no user information of any URL", () => {
    const word = fc.stringMatching(/^[A-Za-z0-9:@!$&'()*+,;=~._-]{6,20}$/u);
    fc.assert(
      fc.property(word, fc.constantFrom("host.example", "127.0.0.1:8080", "[::1]:1"), (secret, host) => {
        const url = `https://${secret}@${host}/path`;
        fc.pre(URL.canParse(url));
        expect(redactUrl(url)).toBe(`https://***@${host}/path`);
      }),
    );
  });
});

describe("messages", () => {
  it.each([
    ["status", { kind: "status", status: 500 }],
    ["unauthorised", { kind: "status", status: 401 }],
    ["redirect", { kind: "redirect", to: "ftp://x" }],
    ["reset", { kind: "reset" }],
  ] as const)("secrets: no message after a %s shows a credential", async (_, fault) => {
    const server = await startRegistryServer();
    server.fail("/a", fault, fault);
    const client = createHttpClient({ retry: { retries: 0 } });
    for (const request of [
      { url: `${server.url.replace("//", "//user:s3cr3t-p@ss@")}/a?token=s3cr3t-query` },
      { url: `${server.url}/a`, authorization: "Bearer s3cr3t-token", headers: { "x-key": "s3cr3t-key" } },
    ]) {
      const error: unknown = await client
        .fetch({ ...request, cache: "revalidate", what: "a" })
        .catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(Error);
      const shown = JSON.stringify(error, ["message", "hint", "stack", "cause"]) + String(error);
      expect(shown).toContain("127.0.0.1");
      expect(shown).not.toMatch(/s3cr3t/u);
      expect(shown).not.toContain(Buffer.from("user:s3cr3t-p@ss").toString("base64"));
    }
  });
});
