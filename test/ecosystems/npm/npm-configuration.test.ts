import { describe, expect, it } from "vitest";

import { loadNpmConfiguration, parseNpmrc } from "../../../src/ecosystems/npm/npm-configuration.ts";
import { memoryFiles } from "./npm-project.ts";

const files = memoryFiles(
  new Map([
    ["/usr/etc/npmrc", "registry=https://global.example/\nfetch-retries=1\n"],
    [
      "/home/u/.npmrc",
      "registry=https://user.example/\n@s:registry=https://scoped.example/npm\n//scoped.example/npm/:_authToken=${TOKEN}\n",
    ],
    ["/project/.npmrc", "; a comment\n# another\nbefore = 2026-01-01\n//user.example/:_auth=dTpw\n"],
  ]),
);
const environment = { HOME: "/home/u", TOKEN: "secret" };

describe("npm's configuration", () => {
  it("is read from the project, the user and the global file, nearest first", () => {
    const configuration = loadNpmConfiguration(files, "/project", environment);
    expect(configuration.registryFor("plain")).toBe("https://user.example/");
    expect(configuration.registryFor("@s/x")).toBe("https://scoped.example/npm/");
    expect(configuration.get("before")).toBe("2026-01-01");
    expect(configuration.get("fetch-retries")).toBe("1");
  });

  it("yields to npm_config_ variables", () => {
    const variables = {
      ...environment,
      npm_config_registry: "https://variable.example",
      NPM_CONFIG_LEGACY_PEER_DEPS: "true",
    };
    const configuration = loadNpmConfiguration(files, "/project", variables);
    expect(configuration.registryFor("plain")).toBe("https://variable.example/");
    expect(configuration.get("legacy-peer-deps")).toBe("true");
  });

  it.each([
    ["before=2026-01-01", "min-release-age=0", {}, { before: undefined, age: "0" }],
    ["min-release-age=7", "before=2026-01-01", {}, { before: "2026-01-01", age: undefined }],
    ["before=2026-01-01", "fund=false", { npm_config_min_release_age: "3" }, { before: undefined, age: "3" }],
    ["before=2026-01-01\nmin-release-age=7", "", {}, { before: "2026-01-01", age: "7" }],
  ])(
    "lets the stronger source decide about ages: user %j, project %j, environment %j",
    (user, project, variables, expected) => {
      const texts = new Map([
        ["/home/u/.npmrc", user],
        ["/project/.npmrc", project],
      ]);
      const configuration = loadNpmConfiguration(memoryFiles(texts), "/project", { HOME: "/home/u", ...variables });
      expect({ before: configuration.get("before"), age: configuration.get("min-release-age") }).toEqual(expected);
    },
  );

  it("reads what stands between double quotes as a JSON string", () => {
    expect([...parseNpmrc(String.raw`ca="a\nb=\"c\""` + '\nb=\'x\\ny\'\nc="broken\\q"\nd="', {})]).toEqual([
      ["ca", 'a\nb="c"'],
      ["b", String.raw`x\ny`],
      ["c", String.raw`broken\q`],
      ["d", '"'],
    ]);
  });

  it.each([
    ["https://scoped.example/npm/@s%2fx", "Bearer secret"],
    ["https://scoped.example/npm/deep/below", "Bearer secret"],
    ["https://scoped.example/elsewhere", undefined],
    ["https://scoped.example.evil/npm/x", undefined],
    ["https://scoped.example:8443/npm/x", undefined],
    ["https://user.example/x", "Basic dTpw"],
    ["https://other.example/npm/x", undefined],
  ])("sends credentials only below the place that they are written for: %s", (url, header) => {
    expect(loadNpmConfiguration(files, "/project", environment).authorizationFor(url)).toBe(header);
  });

  it.each([
    ["https://scoped.example/elsewhere/x.tgz", "Bearer secret"],
    ["https://scoped.example/npm/deep/x.tgz", "Bearer secret"],
    ["https://scoped.example:8443/npm/x.tgz", undefined],
    ["https://user.example/x.tgz", "Basic dTpw"],
    ["https://other.example/x.tgz", undefined],
  ])("sends a registry's credentials for tarballs on its host, unless the place has others: %s", (url, header) => {
    const configuration = loadNpmConfiguration(files, "/project", environment);
    expect(configuration.tarballAuthorizationFor(url, "https://scoped.example/npm/")).toBe(header);
  });

  it.each([
    ["https://h.example/a/b/x", "//h.example:certfile=c\n//h.example:keyfile=k", "//h.example"],
    ["https://h.example/a/b/x", "//h.example/a:certfile=c\n//h.example/a:keyfile=k", "//h.example/a"],
    ["https://h.example/a/b/x", "//h.example/a/:certfile=c", undefined],
    ["https://h.example/ab/x", "//h.example/a:certfile=c\n//h.example/a:keyfile=k", undefined],
    ["https://h.example:8443/x", "//h.example/:certfile=c\n//h.example/:keyfile=k", undefined],
    [
      "https://h.example/a/x",
      "//h.example/:certfile=c\n//h.example/:keyfile=k\n//h.example/a/:_authToken=t",
      undefined,
    ],
  ])("finds the client certificate of the nearest place: %s with %j", (url, npmrc, place) => {
    const configured = loadNpmConfiguration(memoryFiles(new Map([["/p/.npmrc", npmrc]])), "/p", {});
    const expected = place === undefined ? undefined : { place, certfile: "c", keyfile: "k" };
    expect(configured.certificateFilesFor(new URL(url))).toEqual(expected);
  });

  it("reads quotes, lists, flags and variables as npm does", () => {
    const values = parseNpmrc('a="x y"\nb\nc[]=1\nc[]=2\nd=${NOT_SET}\ne=${NOT_SET?}\n[section]\n', {});
    expect(Object.fromEntries(values)).toEqual({ a: "x y", b: "true", c: "1,2", d: "${NOT_SET}", e: "" });
  });
});
