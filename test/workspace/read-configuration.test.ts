import { describe, expect, test } from "vitest";
import { readConfiguration } from "../../src/workspace/read-configuration.ts";
import { fakeEcosystems } from "./fake-ecosystems.ts";

const full = `
[service]
name = "island"
manifests = ["./web/package.json", "dns/dns.opam"]

[targets]
systems = ["x86_64-linux", "aarch64-linux"]

[nixpkgs]
release = "nixos-26.05"

[tools]
python = ">=3.11"

[dependencies.npm]
express = "^5"
"__proto__" = "1"
[dependencies.opam]
dns-server = { version = ">= 9.0", features = ["unix"], extras = ["lwt"] }

[registries]
npm = [{ url = "https://registry.example/", name = "house" }, "https://second.example/"]
opam = "vendor/opam"

[resolution]
versions = "lowest-direct"
exclude-newer = 2026-01-31
strict-engines = true
timeout = 90

[outputs]
nix = true

[npm]
peers = "legacy"
omit = ["dev"]
[opam]
order = "reference"

[[edges]]
from = "pkg:opam/topiary"
versions = ">= 0.6"
to = "pkg:npm/%40scope/tree-sitter"
range = "^0.22"
kind = "build"
[[edges]]
from = "pkg:npm/node-pty"
to = "tool:python"
`;

describe("a configuration with everything", () => {
  const { configuration, diagnostics } = readConfiguration(full, fakeEcosystems, "/project");

  test("has no complaint", () => {
    expect(diagnostics).toEqual([]);
  });

  test("names the service, its manifests and systems", () => {
    expect(configuration?.name).toBe("island");
    expect(configuration?.manifests?.map(({ path, origin }) => [path, origin.line, origin.column])).toEqual([
      ["web/package.json", 4, 14],
      ["dns/dns.opam", 4, 36],
    ]);
    expect(configuration?.systems).toEqual(["x86_64-linux", "aarch64-linux"]);
  });

  test("requires toolchains and packages, with their places", () => {
    expect(configuration?.tools).toMatchObject([
      { ecosystem: "nix", name: "tool:python", range: ">=3.11", kind: "tool", origin: { line: 13 } },
    ]);
    expect(configuration?.dependencies.get("npm")).toMatchObject([
      { name: "express", range: "^5", features: [], origin: { file: "enki.toml", line: 16 } },
      { name: "__proto__", range: "1" },
    ]);
    expect(configuration?.dependencies.get("opam")).toMatchObject([
      { name: "dns-server", range: ">= 9.0", features: ["unix", "lwt"] },
    ]);
  });

  test("places registries in order of rank", () => {
    expect([...(configuration?.registries ?? [])]).toEqual([
      [
        "npm",
        [
          { kind: "http", url: "https://registry.example/", name: "house" },
          { kind: "http", url: "https://second.example/" },
        ],
      ],
      ["opam", [{ kind: "path", path: "/project/vendor/opam" }]],
    ]);
  });

  test("sets policy, outputs and the settings of ecosystems", () => {
    expect(configuration?.resolution).toEqual({
      versions: "lowest-direct",
      excludeNewer: "2026-01-31",
      strictEngines: true,
      timeoutSeconds: 90,
    });
    expect(configuration?.outputs).toEqual({ nix: true });
    expect([...(configuration?.settings ?? [])].map(([id, settings]) => [id, [...settings]])).toEqual([
      [
        "npm",
        [
          ["peers", "legacy"],
          ["omit", ["dev"]],
        ],
      ],
      ["opam", [["order", "reference"]]],
      ["nix", [["release", "nixos-26.05"]]],
    ]);
  });

  test("declares edges", () => {
    expect(configuration?.edges).toMatchObject([
      {
        from: { ecosystem: "opam", name: "topiary", range: ">= 0.6" },
        to: { ecosystem: "npm", name: "@scope/tree-sitter", range: "^0.22", kind: "build" },
      },
      { from: { ecosystem: "npm", name: "node-pty" }, to: { ecosystem: "nix", name: "tool:python", kind: "tool" } },
    ]);
  });
});

test("an empty file is an empty configuration", () => {
  expect(readConfiguration("", fakeEcosystems, "/project")).toMatchObject({
    configuration: { tools: [], edges: [] },
    diagnostics: [],
  });
});

describe("complaints have a place and a way out", () => {
  test.each([
    ['[servce]\nname = "x"', 'enki.toml has no key "servce"', 1, 2, 'did you mean "service"?'],
    ['[service]\nnmae = "x"', '[service] has no key "nmae"', 2, 1, 'did you mean "name"?'],
    ['[service]\nzzzz = "x"', '[service] has no key "zzzz"', 2, 1, "it may have name, manifests"],
    ["[service]\nname = 3", "service.name must be a string", 2, 8, undefined],
    ['[service]\nmanifests = "a"', "service.manifests must be a list of strings", 2, 13, undefined],
    ["[service]\nmanifests = ['a', 2]", "each element of service.manifests must be a string", 2, 19, undefined],
    [
      "[service]\nmanifests = ['../a']",
      '"../a" is not a path inside the project',
      2,
      14,
      "manifests are named relative",
    ],
    [
      "[targets]\nsystems = ['x86_64-linus']",
      '"x86_64-linus" is not a value of targets.systems',
      2,
      12,
      "x86_64-linux",
    ],
    ["[targets]\nsystems = []", "targets.systems must name at least one system", 2, 11, undefined],
    ["[dependencies.nmp]\na = '1'", 'Enki knows no ecosystem "nmp"', 1, 15, 'did you mean "npm"?'],
    ["[dependencies.npm]\na = 1", 'the requirement on "a" must be a range or a table', 2, 5, 'write "a" = "*"'],
    ["[dependencies.npm]\na = { verison = '1' }", 'the requirement on "a" has no key "verison"', 2, 7, '"version"'],
    ["[registries]\nnpm = 1", "a registry must be a URL, a path, or a table", 2, 7, undefined],
    ["[registries]\nnpm = { name = 'x' }", "a registry needs either url or path", 2, 7, undefined],
    ["[resolution]\nversions = 'newest'", '"newest" is not a value of resolution.versions', 2, 12, "highest"],
    ["[resolution]\ntimeout = 0", "resolution.timeout must be a whole number above zero", 2, 11, undefined],
    ["[npm]\npeers = 'lgacy'", '"lgacy" is not a value of npm.peers', 2, 9, 'did you mean "legacy"?'],
    ["[npm]\npears = 'legacy'", '[npm] has no key "pears"', 2, 1, 'did you mean "peers"?'],
    ["[npm]\nomit = ['dve']", '"dve" is not a value of npm.omit', 2, 9, 'did you mean "dev"?'],
    ["[npm]\nflat = 'yes'", "npm.flat must be true or false", 2, 8, undefined],
    ["[[edges]]\nfrom = 'pkg:npm/a'", 'an edge needs the key "to"', 1, 3, "for example"],
    ["[[edges]]\nfrom = 'a'\nto = 'pkg:npm/b'", '"a" is not a package URL', 2, 8, "for example"],
    ["[[edges]]\nfrom = 'pkg:npm/a@1'\nto = 'pkg:npm/b'", '"pkg:npm/a@1" names a version', 2, 8, "versions ="],
    ["[[edges]]\nfrom = 'pkg:npn/a'\nto = 'pkg:npm/b'", 'Enki knows no ecosystem "npn"', 2, 8, 'did you mean "npm"?'],
    ["edges = 1", "edges must be an array of tables, written [[edges]]", 1, 9, undefined],
    ["a = ", "", 1, 5, undefined],
  ])("%j", (text, message, line, column, help) => {
    const { configuration, diagnostics } = readConfiguration(text, fakeEcosystems, "/project");
    expect(configuration).toBeUndefined();
    expect(diagnostics).toHaveLength(1);
    const [diagnostic] = diagnostics;
    expect(diagnostic?.message).toContain(message);
    expect(diagnostic?.origin?.file).toBe("enki.toml");
    expect(diagnostic?.origin?.line).toBe(line);
    expect(diagnostic?.origin?.column).toBe(column);
    expect(diagnostic?.sourceLine).toBe(text.split("\n")[line - 1]);
    expect(diagnostic?.help ?? "").toContain(help ?? "");
  });

  test("all problems are reported at once", () => {
    const { diagnostics } = readConfiguration("[service]\nname = 1\nx = 2\n[y]\n", fakeEcosystems, "/project");
    expect(diagnostics.map(({ origin }) => origin?.line)).toEqual([2, 3, 4]);
  });
});
