import { describe, expect, it } from "vitest";

import { NpmConfiguration } from "../../../src/ecosystems/npm/npm-configuration.ts";
import { openRegistry, type PackumentRegistry } from "../../../src/ecosystems/npm/registry.ts";
import { slimPackumentBytes } from "../../../src/ecosystems/npm/slim-packument.ts";
import { Packument } from "../../../src/ecosystems/npm/packument.ts";
import { EnkiError } from "../../../src/model/enki-error.ts";
import { WholeForm } from "../../../src/net/derived-form.ts";
import type { HttpClient, HttpRequest } from "../../../src/net/http-client.ts";
import { memoryFiles } from "./npm-project.ts";

/** A client that answers every question with one body and remembers what it was asked. */
function answering(body: string | undefined): { http: HttpClient; asked: HttpRequest[] } {
  const asked: HttpRequest[] = [];
  const fetch: HttpClient["fetch"] = async (request) => {
    asked.push(request);
    const bytes = Buffer.from(body ?? "");
    const common = { url: request.url, contentType: "application/json", isFromCache: false };
    if (body === undefined) return { ...common, status: 404, body: bytes };
    return { ...common, status: 200, body: (await request.derive?.compute(bytes)) ?? bytes };
  };
  return { http: { fetch }, asked };
}

function registryOver(http: HttpClient, values: readonly (readonly [string, string])[] = []): PackumentRegistry {
  const configuration = new NpmConfiguration(new Map([["registry", "https://npm.example/"], ...values]));
  return openRegistry([], {
    http,
    files: memoryFiles(new Map()),
    projectDirectory: "/p",
    configuration,
    needsFullDocuments: false,
  });
}

const version = {
  name: "a",
  version: "1.0.0",
  dist: { tarball: "https://npm.example/a/-/a-1.0.0.tgz", integrity: "sha512-AA==" },
};

describe("a registry over HTTP", () => {
  it("asks for abbreviated documents, scoped names in one step, with the credentials of the place", async () => {
    const { http, asked } = answering(JSON.stringify({ name: "@s/a", versions: { "1.0.0": version } }));
    const registry = registryOver(http, [
      ["@s:registry", "https://scoped.example/r"],
      ["//scoped.example/r/:_authToken", "t"],
    ]);
    expect((await registry.packument("@s/a"))?.list.versions).toEqual(["1.0.0"]);
    expect(asked[0]).toMatchObject({ url: "https://scoped.example/r/@s%2Fa", authorization: "Bearer t" });
    expect(asked[0]?.accept).toContain("install-v1");
    expect(registry.label).toBe("https://npm.example/");
  });

  it("has no packument where there is none", async () => {
    expect(await registryOver(answering(undefined).http).packument("a")).toBeUndefined();
  });

  it("asks for the full document where there is no abbreviated one", async () => {
    const { http } = answering(JSON.stringify({ name: "a", versions: { "1.0.0": version } }));
    const asked: string[] = [];
    const fetch: HttpClient["fetch"] = (request) => {
      asked.push(request.accept ?? "");
      const absent = {
        url: request.url,
        contentType: "",
        isFromCache: false,
        status: 404,
        body: Buffer.alloc(0),
      } as const;
      return request.accept?.includes("install-v1") === true ? Promise.resolve(absent) : http.fetch(request);
    };
    expect((await registryOver({ fetch }).packument("a"))?.list.versions).toEqual(["1.0.0"]);
    expect(asked).toHaveLength(2);
  });

  it.each(["", "no JSON", "[]", "null", "{}", '{"versions":[]}', '{"versions":7}'])(
    "refuses %j with an error that names the package",
    async (body) => {
      const asking = registryOver(answering(body).http).packument("a");
      await expect(asking).rejects.toThrow(EnkiError);
      await expect(asking).rejects.toThrow(/ of a /);
    },
  );
});

describe("a folder of packuments", () => {
  it("spells scoped names with %2f, and never leaves the folder", async () => {
    const document = JSON.stringify({ name: "@s/a", versions: { "1.0.0": version } });
    const files = memoryFiles(
      new Map([
        ["/r/packuments/@s%2fa.json", document],
        ["/r/secret.json", document],
      ]),
    );
    const settings = {
      http: answering(undefined).http,
      files,
      projectDirectory: "/p",
      configuration: new NpmConfiguration(new Map()),
      needsFullDocuments: false,
    };
    const registry = openRegistry([{ kind: "path", path: "/r" }], settings);
    expect((await registry.packument("@s/a"))?.name).toBe("@s/a");
    for (const name of ["../secret", "a/../../secret", "@s/../../secret", "x"]) {
      expect(await registry.packument(name)).toBeUndefined();
    }
    expect(() => openRegistry([{ kind: "path", path: "nowhere" }], settings)).toThrow(EnkiError);
  });
});

describe("slim packuments", () => {
  it("leave out versions that make no sense, and keep the others", () => {
    const document = {
      "dist-tags": { latest: "1.0.0", odd: 7 },
      time: { "1.0.0": "2026-01-01T00:00:00Z" },
      versions: {
        "not a version": version,
        "1.0.0": {
          ...version,
          bin: "cli.js",
          license: { type: "MIT" },
          funding: "https://example.com",
          deprecated: "old",
        },
        "1.1.0": { ...version, dist: undefined },
        "1.2.0": { ...version, dist: { tarball: 7 } },
        "1.3.0": null,
        "2.0.0": {
          ...version,
          dependencies: { b: 7, c: "1" },
          os: "darwin",
          engines: ["node"],
          optionalDependencies: [],
        },
      },
    };
    const slim = slimPackumentBytes("a", Buffer.from(JSON.stringify(document)));
    const packument = new Packument("a", new WholeForm(slim));
    expect(packument.list.versions).toEqual(["1.0.0", "2.0.0"]);
    expect(packument.tags).toEqual(new Map([["latest", "1.0.0"]]));
    expect(packument.kinds[packument.kindOf[0] ?? 0]?.isDeprecated).toBe(true);
    expect(packument.manifest(0).lockFields).toMatchObject({
      bin: { a: "cli.js" },
      license: "MIT",
      funding: { url: "https://example.com" },
    });
    expect(packument.publishedAtMs(0)).toBe(Date.parse("2026-01-01T00:00:00Z"));
    expect(packument.publishedAtMs(1)).toBeUndefined();
    expect(packument.kinds[packument.kindOf[1] ?? 0]?.platform).toBe("darwin  ");
    expect([...packument.manifest(1).dependencies]).toEqual([["c", "1"]]);
  });
});
