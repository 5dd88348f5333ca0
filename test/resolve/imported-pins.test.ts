import { describe, expect, it, test } from "vitest";
import { cargo } from "../../src/ecosystems/cargo/index.ts";
import type { Ecosystem } from "../../src/ecosystems/ecosystem.ts";
import { npm } from "../../src/ecosystems/npm/index.ts";
import { opam } from "../../src/ecosystems/opam/index.ts";
import { pypi } from "../../src/ecosystems/pypi/index.ts";
import type { Manifest } from "../../src/model/manifest.ts";
import { importPins } from "../../src/resolve/imported-pins.ts";

const MANIFESTS = new Map([
  ["npm", "web/package.json"],
  ["pypi", "bot/pyproject.toml"],
  ["cargo", "search/Cargo.toml"],
  ["opam", "dns/island.opam"],
]);

function manifestOf({ id }: Ecosystem): Manifest {
  const file = MANIFESTS.get(id) ?? "";
  // Where a Cargo.lock stands depends on the workspace of a manifest.
  const document = id === "cargo" ? { directory: "search", members: [] } : undefined;
  return { ecosystem: id, file, sha256: "", requirements: [], foreign: [], document };
}

/** What is read when one native lockfile stands beside a manifest. */
function pinsOf(
  ecosystem: Ecosystem,
  path: string,
  text: string,
): { readonly pins: readonly string[]; readonly warnings: readonly string[] } {
  const { previous, diagnostics } = importPins(
    new Map([[ecosystem.id, ecosystem]]),
    [manifestOf(ecosystem)],
    (asked) => (asked === path ? text : undefined),
  );
  return {
    pins: (previous?.packages ?? []).map(({ name, version }) => `${name} ${version}`),
    warnings: diagnostics.map(({ message }) => message),
  };
}

const nested = { a: { version: "1.0.0", dependencies: { b: { version: "2.0.0" } } }, b: { version: "2.1.0" } };

/** A lock of npm that pins one package. */
const lockOf = (version: string): string => JSON.stringify({ dependencies: { a: { version } } });

describe("native lockfiles give their versions", () => {
  test.each<readonly [string, Ecosystem, string, string, readonly string[]]>([
    [
      "package-lock.json 3: nested and scoped copies, aliases; no links, git repositories or the project itself",
      npm,
      "web/package-lock.json",
      JSON.stringify({
        lockfileVersion: 3,
        packages: {
          "": { name: "web", version: "1.0.0" },
          "node_modules/a": { version: "1.0.0" },
          "node_modules/a/node_modules/@s/b": { version: "2.0.0-rc.1" },
          "node_modules/alias": { name: "real", version: "3.0.0" },
          "node_modules/linked": { link: true, resolved: "linked", version: "9.0.0" },
          "node_modules/git": { version: "git+ssh://git@127.0.0.1/x.git#0123" },
          linked: { version: "9.0.0" },
        },
      }),
      ["a 1.0.0", "@s/b 2.0.0-rc.1", "real 3.0.0"],
    ],
    [
      "package-lock.json 1: nested dependencies and aliases",
      npm,
      "web/package-lock.json",
      JSON.stringify({ lockfileVersion: 1, dependencies: { ...nested, c: { version: "npm:@s/real@3.0.0" } } }),
      ["a 1.0.0", "b 2.0.0", "b 2.1.0", "@s/real 3.0.0"],
    ],
    [
      "npm-shrinkwrap.json",
      npm,
      "web/npm-shrinkwrap.json",
      JSON.stringify({ dependencies: nested }),
      ["a 1.0.0", "b 2.0.0", "b 2.1.0"],
    ],
    [
      "yarn.lock of yarn 1: several specifications, scopes, aliases; nothing that is not of a registry",
      npm,
      "web/yarn.lock",
      [
        "# yarn lockfile v1",
        "",
        "",
        '"@s/b@^2.0.0", "@s/b@^2.1.0":',
        '  version "2.1.3"',
        '  resolved "http://127.0.0.1/@s/b/-/b-2.1.3.tgz#0123"',
        "  dependencies:",
        '    a ">= 1 < 2"',
        "",
        '"a@>= 1 < 2", a@^1.0.0:',
        '  version "1.2.0"',
        '  resolved "http://127.0.0.1/a/-/a-1.2.0.tgz"',
        "",
        '"alias@npm:real@^3.0.0":',
        '  version "3.0.0"',
        "",
        '"fork@git+ssh://git@127.0.0.1/x.git":',
        '  version "9.0.0"',
        '"short@user/repository":',
        '  version "9.0.0"',
        '"folder@file:../folder":',
        '  version "9.0.0"',
        "",
      ].join("\n"),
      ["@s/b 2.1.3", "a 1.2.0", "real 3.0.0"],
    ],
    [
      "yarn.lock of later yarns: aliases and patches; no workspaces",
      npm,
      "web/yarn.lock",
      [
        "__metadata:",
        "  version: 8",
        "  cacheKey: 10c0",
        "",
        '"@s/b@npm:^2.0.0, @s/b@npm:^2.1.0":',
        "  version: 2.1.3",
        '  resolution: "@s/b@npm:2.1.3"',
        "  dependencies:",
        '    a: "npm:^1.0.0"',
        "  checksum: 10c0/0123",
        "  languageName: node",
        "  linkType: hard",
        "",
        '"alias@npm:real@^3.0.0":',
        "  version: 3.0.0",
        '  resolution: "real@npm:3.0.0"',
        "",
        '"c@patch:c@npm%3A1.0.0#optional!builtin<compat/c>":',
        "  version: 1.0.0",
        '  resolution: "c@patch:c@npm%3A1.0.0#optional!builtin<compat/c>::version=1.0.0&hash=0"',
        "",
        '"web@workspace:.":',
        "  version: 0.0.0-use.local",
        '  resolution: "web@workspace:."',
        "",
      ].join("\n"),
      ["@s/b 2.1.3", "real 3.0.0", "c 1.0.0"],
    ],
    [
      "bun.lock: scopes, aliases, copies below others; comments and last commas; nothing that is not of a registry",
      npm,
      "web/bun.lock",
      [
        "{ // [[[",
        '  "lockfileVersion": 1,',
        '  "workspaces": { "": { "name": "web", "dependencies": { "c": "^9.0.0", }, }, },',
        '  "packages": {',
        '    "@s/b": ["@s/b@2.1.3", "", { "dependencies": { "a": "^1.0.0" } }, "sha512-x"], /* " */',
        '    "alias": ["@s/real@3.0.0-rc.1", "http://127.0.0.1/real.tgz", {}, "sha512-x"],',
        '    "a": ["a@1.0.0", "", {}, "sha512-x"],',
        '    "@s/b/a": ["a@1.2.0", "", {}, "sha512-x"],',
        '    "fork": ["fork@git+ssh://127.0.0.1/x.git#0123", {}, "0123"],',
        '    "tarball": ["tarball@http://127.0.0.1/-/x-3.0.0.tgz", {}, "sha512-x"],',
        '    "local": ["local@./9.0.0.tgz", {}, "sha512-x"],',
        '    "folder": ["folder@file:9.0.0", {}],',
        '    "member": ["member@workspace:packages/member"],',
        "  },",
        "}",
      ].join("\n"),
      ["@s/b 2.1.3", "@s/real 3.0.0-rc.1", "a 1.0.0", "a 1.2.0"],
    ],
    ...[
      ["9", ["'@s/b@2.1.3'", "a@1.2.0", "fork@http://127.0.0.1/x.tgz"]],
      ["6", ["/@s/b@2.1.3(a@1.2.0)", "/a@1.2.0", "file:../folder"]],
      ["5", ["/@s/b/2.1.3_a@1.2.0", "/a/1.2.0", "127.0.0.1/x/0123"]],
    ].map(([version, keys]): readonly [string, Ecosystem, string, string, readonly string[]] => [
      `pnpm-lock.yaml ${String(version)}`,
      npm,
      "web/pnpm-lock.yaml",
      [
        `lockfileVersion: '${String(version)}.0'`,
        "importers:",
        "  .:",
        "    dependencies:",
        "packages:",
        ...[keys ?? []].flat().flatMap((key) => ["", `  ${key}:`, "    engines: {node: '>=6'}"]),
        "snapshots:",
        "  other@9.9.9:",
        "",
      ].join("\n"),
      ["@s/b 2.1.3", "a 1.2.0"],
    ]),
    [
      "pylock.toml",
      pypi,
      "bot/pylock.toml",
      `lock-version = "1.0"\ncreated-by = "x"\n[[packages]]\nname = "six"\nversion = "1.16"\nsdist = { path = "six-1.16.tar.gz", hashes = { md5 = "0" } }\n[[packages]]\nname = "local"\ndirectory = { path = "." }\n`,
      ["six 1.16"],
    ],
    ["uv.lock", pypi, "bot/uv.lock", 'version = 1\n[[package]]\nname = "six"\nversion = "1.16"\n', ["six 1.16"]],
    ["poetry.lock", pypi, "bot/poetry.lock", '[[package]]\nname = "six"\nversion = "not one"\n', []],
    [
      "Cargo.lock",
      cargo,
      "search/Cargo.lock",
      `version = 3\n[[package]]\nname = "search"\nversion = "0.1.0"\ndependencies = ["tls"]\n
[[package]]\nname = "tls"\nversion = "1.2.3"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\n`,
      ["tls 1.2.3"],
    ],
    [
      "island.opam.locked",
      opam,
      "dns/island.opam.locked",
      'opam-version: "2.0"\ndepends: ["zed" {= "1.4"} "base" {= "0.1" & with-test} "dune" {>= "3"} "ocaml"]\n',
      ["zed 1.4", "base 0.1"],
    ],
  ])("%s", (_name, ecosystem, path, text, pins) => {
    expect(pinsOf(ecosystem, path, text)).toEqual({ pins, warnings: [] });
  });

  const hex = "ab".repeat(32);
  const integrity = `sha256-${Buffer.from(hex, "hex").toString("base64")}`;
  const strong = `sha512-${"A".repeat(86)}==`;

  test.each<readonly [string, Ecosystem, string, string, readonly (readonly [string, string])[]]>([
    [
      "package-lock.json, but not SHA-1",
      npm,
      "web/package-lock.json",
      JSON.stringify({
        dependencies: {
          a: { version: "1.0.0", resolved: "http://127.0.0.1/a.tgz", integrity: strong },
          b: { version: "1.0.0", integrity: `sha1-${"A".repeat(27)}=` },
        },
      }),
      [["http://127.0.0.1/a.tgz", strong]],
    ],
    [
      "yarn.lock",
      npm,
      "web/yarn.lock",
      `a@^1:\n  version "1.0.0"\n  resolved "http://127.0.0.1/a/-/a-1.0.0.tgz#0123"\n  integrity ${strong}\n`,
      [["http://127.0.0.1/a/-/a-1.0.0.tgz", strong]],
    ],
    [
      "pnpm-lock.yaml",
      npm,
      "web/pnpm-lock.yaml",
      `lockfileVersion: '9.0'\npackages:\n\n  a@1.0.0:\n    resolution: {integrity: ${strong}}\n`,
      [["a/-/1.0.0.tgz", strong]],
    ],
    [
      "bun.lock, but not SHA-1",
      npm,
      "web/bun.lock",
      JSON.stringify({
        lockfileVersion: 1,
        packages: {
          a: ["a@1.0.0", "", {}, strong],
          b: ["b@1.0.0", "http://127.0.0.1/b.tgz", {}, strong],
          c: ["c@1.0.0", "http://127.0.0.1/c.tgz", {}, `sha1-${"A".repeat(27)}=`],
        },
      }),
      [
        ["a/-/1.0.0.tgz", strong],
        ["http://127.0.0.1/b.tgz", strong],
      ],
    ],
    [
      "pylock.toml",
      pypi,
      "bot/pylock.toml",
      `lock-version = "1.0"\ncreated-by = "x"\n[[packages]]\nname = "six"\nversion = "1"\nsdist = { path = "./six-1.tar.gz", hashes = { sha256 = "${hex}" } }\n` +
        `wheels = [{ url = "http://127.0.0.1/six-1-py3-none-any.whl", hashes = { sha256 = "${hex}" } }, { path = "six-1-py2-none-any.whl", hashes = { md5 = "0" } }]\n`,
      [
        ["http://127.0.0.1/six-1-py3-none-any.whl", integrity],
        ["six-1.tar.gz", integrity],
      ],
    ],
    [
      "uv.lock",
      pypi,
      "bot/uv.lock",
      `[[package]]\nname = "six"\nversion = "1"\nwheels = [{ url = "http://127.0.0.1/six-1.whl", hash = "sha256:${hex}" }]\n`,
      [["http://127.0.0.1/six-1.whl", integrity]],
    ],
    [
      "poetry.lock",
      pypi,
      "bot/poetry.lock",
      `[[package]]\nname = "six"\nversion = "1"\nfiles = [{ file = "six-1.whl", hash = "sha256:${hex}" }, { file = "y", hash = 1 }]\n`,
      [["six-1.whl", integrity]],
    ],
    [
      "Cargo.lock",
      cargo,
      "search/Cargo.lock",
      `version = 3\n[[package]]\nname = "tls"\nversion = "1.2.3"\nchecksum = "${hex}"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\n`,
      [["", integrity]],
    ],
  ])("and their hashes: %s", (_name, ecosystem, path, text, hashes) => {
    const { previous } = importPins(new Map([[ecosystem.id, ecosystem]]), [manifestOf(ecosystem)], (asked) =>
      asked === path ? text : undefined,
    );
    const artifacts = previous?.packages.flatMap((package_) => package_.artifacts);
    expect(artifacts?.map(({ url, integrity: hash }) => [url, hash])).toEqual(hashes);
  });

  it.each<readonly [Ecosystem, string, string]>([
    [npm, "web/package-lock.json", "<<<<<<< HEAD\n{}"],
    [npm, "web/package-lock.json", "[]"],
    [npm, "web/yarn.lock", "<<<<<<< HEAD\n"],
    [npm, "web/pnpm-lock.yaml", "packages:\n  a@1.0.0:\n"],
    [npm, "web/bun.lock", "<<<<<<< HEAD\n"],
    [npm, "web/bun.lock", '{"packages":{"a":["a@1.0.0","",{},""]}}'],
    [npm, "web/bun.lock", `{"lockfileVersion":1,"packages":${"[".repeat(5000)}`],
    [pypi, "bot/uv.lock", "<<<<<<< HEAD\n"],
    [cargo, "search/Cargo.lock", "<<<<<<< HEAD\n"],
    [opam, "dns/island.opam.locked", "<<<<<<< HEAD\n"],
  ])("warns of one that can't be read", (ecosystem, path, text) => {
    const { pins, warnings } = pinsOf(ecosystem, path, text);
    expect(pins).toEqual([]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(`the versions in ${path} are not kept: `);
  });

  it("survives hostile shapes", () => {
    for (const text of [
      '{"packages":{"node_modules/__proto__":{"version":"1.0.0"}}}',
      '{"packages":7}',
      '{"packages":{"node_modules/a":7}}',
      '{"dependencies":[1]}',
    ]) {
      expect(pinsOf(npm, "web/package-lock.json", text).warnings).toEqual([]);
    }
    for (const packages of [
      "7",
      '{"a":7}',
      '{"a":[]}',
      '{"a":[null,null]}',
      '{"__proto__":["a",1,1,1]}',
      '["a@1.0.0"]',
    ]) {
      const text = `{"lockfileVersion":1,"packages":${packages}}`;
      expect(pinsOf(npm, "web/bun.lock", text)).toEqual({ pins: [], warnings: [] });
    }
    let deep = "{}";
    for (let depth = 0; depth < 2000; depth += 1) deep = `{"a":{"version":"1.0.0","dependencies":${deep}}}`;
    expect(pinsOf(npm, "web/package-lock.json", `{"dependencies":${deep}}`).pins.length).toBeLessThan(2);
    expect(pinsOf(pypi, "bot/uv.lock", "package = [1, [], { name = 1 }]\n".replace("1, [], ", "")).pins).toEqual([]);
  });

  it("reads the best lock of a manifest alone, as npm does, and the next where that one pins nothing", () => {
    const texts = new Map([
      ["web/npm-shrinkwrap.json", lockOf("1.0.0")],
      ["web/package-lock.json", lockOf("2.0.0")],
      ["web/node_modules/.package-lock.json", lockOf("3.0.0")],
      ["web/yarn.lock", 'a@^4:\n  version "4.0.0"\n'],
      ["web/pnpm-lock.yaml", "lockfileVersion: '9.0'\npackages:\n  a@5.0.0:\n"],
      ["web/bun.lock", '{"lockfileVersion":1,"packages":{"a":["a@6.0.0","",{},""]}}'],
    ]);
    const nothing = new Map([
      ["web/yarn.lock", ""],
      ["web/pnpm-lock.yaml", "lockfileVersion: '9.0'\n"],
      ["web/bun.lock", '{"lockfileVersion":1}'],
    ]);
    for (const [path, version] of [...texts.keys()].map((key, index) => [key, `a ${String(index + 1)}.0.0`] as const)) {
      const read = importPins(new Map([["npm", npm]]), [manifestOf(npm)], (asked) => texts.get(asked));
      expect(read.previous?.packages.map((one) => `${one.name} ${one.version}`)).toEqual([version]);
      expect(read.paths.at(-1)).toBe(path);
      texts.set(path, nothing.get(path) ?? "{}");
    }
  });

  it("reads a lockfile of a workspace once", () => {
    const read: string[] = [];
    const lock = JSON.stringify({ dependencies: nested });
    importPins(new Map([["npm", npm]]), [manifestOf(npm), manifestOf(npm)], (path) => {
      read.push(path);
      return path.endsWith("package-lock.json") ? lock : undefined;
    });
    expect(read.filter((path) => path === "web/package-lock.json")).toHaveLength(1);
  });
});
