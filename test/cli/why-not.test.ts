import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { parseLock } from "../../src/lockfile/read-lock.ts";
import { readText, transcript } from "./built-cli.ts";
import { changedService, type Project } from "./mixed-service.ts";

// Each test runs several commands.
vi.setConfig({ testTimeout: 120_000 });

const registry = `
[registry.npm.kit."2.0.0"]
dependencies = { tiny = "^3.0.0" }
[registry.npm.bag."1.0.0"]
dependencies = { tiny = "^2.0.0", kit = "1" }
[registry.pypi.six."1.17"]
[registry.pypi.crypto."3.0"]
requires = ["six>=1.17"]
[registry.pypi.crypto."2.1"]
requires = ["six<1.17"]
[registry.cargo.tls."1.3.0"]
deps = [{ name = "openssl-sys", req = "^0.9.1" }, { name = "log", req = "^1" }]
[registry.cargo.tls."1.4.0"]
deps = [{ name = "openssl-sys", req = "^0.9.1" }, { name = "log", req = "=1.0.0" }]
[registry.cargo.log."1.0.0"]
[registry.cargo.log."1.1.0"]
[registry.cargo.log."1.2.0"]
yanked = true
[registry.opam.base."0.2"]
[registry.opam.zed."2.0"]
depends = '["base" {< "0.2"}]'
`;

/** The mixed service with more releases and other requirements. */
function service(...changes: readonly (readonly [string, string])[]): Project {
  return changedService(changes, registry);
}

/** Runs the command that an answer of `enki why-not` ends with. */
async function follow(project: Project, stdout: string): Promise<void> {
  const [, commands = ""] = /(?:to get it|instead of .*): (enki .*)$/mu.exec(stdout) ?? [];
  for (const command of commands.split(" && ")) {
    const words = command.split(" ").map((word) => word.replaceAll("'", ""));
    const result = await project.run(...words.slice(1));
    expect(result).toMatchObject({ status: 0 });
  }
}

function lockedVersions(project: Project, ecosystem: string, name: string): readonly string[] {
  const { packages } = parseLock(readText(project.directory, "enki.lock"));
  return packages.filter((one) => one.ecosystem === ecosystem && one.name === name).map(({ version }) => version);
}

test("cargo: another version of a dependent allows it, and the command that is shown brings it about", async () => {
  const project = service();
  const result = await project.run("why-not", "cargo:log@1.1.0");
  expect(transcript(result)).toMatchInlineSnapshot(`
    "exit 0
    --- stdout
    cargo log 1.1.0 is possible; this changes too:
      ~ cargo tls 1.4.0 -> 1.3.0
    to get it: enki resolve && enki update cargo:log@1.1.0 cargo:tls@1.3.0
    "
  `);
  await follow(project, result.stdout);
  expect(lockedVersions(project, "cargo", "log")).toEqual(["1.1.0"]);
  expect(lockedVersions(project, "cargo", "tls")).toEqual(["1.3.0"]);
  expect((await project.run("why-not", "log@1.1.0")).stdout).toMatchInlineSnapshot(`
    "cargo log 1.1.0 is part of the answer already
    "
  `);
});

test("cargo: a version that is yanked, and one that does not exist", async () => {
  const project = service();
  expect(transcript(await project.run("why-not", "cargo:log@1.2.0"))).toMatchInlineSnapshot(`
    "exit 1
    --- stdout
    no part of the answer needs cargo log 1.2.0
    log 1.2.0 is yanked
    what requires it now:
      tls 1.4.0 requires log =1.0.0, which gets 1.0.0
    the answer without any other version of it has none at all:
      - cargo log 1.0.0
      ~ cargo tls 1.4.0 -> 1.2.3
    "
  `);
  expect(transcript(await project.run("why-not", "cargo:log@1.9.9"))).toMatchInlineSnapshot(`
    "exit 1
    --- stderr
    error: cargo has no log 1.9.9
     = help: there are 1.0.0, 1.1.0 and 1.2.0
    "
  `);
});

test("npm: a requirement of the manifest stands in the way of all that ask", async () => {
  const project = service();
  const result = await project.run("why-not", "npm:tiny@3.0.0");
  expect(transcript(result)).toMatchInlineSnapshot(`
    "exit 1
    --- stdout
    npm tiny 3.0.0 is not possible for x86_64-linux
      kit 1.1.0 requires tiny ^2.1.0, which gets 2.1.0
    Because web/package.json:5 requires kit ^1.0.0, kit 1.0.0 requires tiny ^2.0.0, kit 1.1.0 requires tiny ^2.1.0, and tiny 2.0.0 or 2.1.0 is not 3.0.0, which you asked for, your requirements can't all be fulfilled.
    hint: everything else agrees with kit 2.0.0 instead of ^1.0.0 (web/package.json:5): enki add npm:kit@^2.0.0
    "
  `);
  await follow(project, result.stdout);
  expect(lockedVersions(project, "npm", "tiny")).toEqual(["3.0.0"]);
});

test("npm: those who can have it, beside those who can't", async () => {
  const project = service(['"kit": "^1.0.0"', '"kit": ">=1", "bag": "1", "tiny": ">=2"']);
  expect(transcript(await project.run("resolve", "--quiet"))).toMatchInlineSnapshot(`
    "exit 0
    "
  `);
  const result = await project.run("why-not", "npm:tiny@2.0.0");
  expect(transcript(result)).toMatchInlineSnapshot(`
    "exit 0
    --- stdout
    npm tiny 2.0.0 is possible; nothing else changes
    beside it, for those that ask for others:
      bag 1.0.0 requires tiny ^2.0.0, which gets 2.1.0
      kit 1.1.0 requires tiny ^2.1.0, which gets 2.1.0
      kit 2.0.0 requires tiny ^3.0.0, which gets 3.0.0
    to get it: enki update npm:tiny@2.0.0
    "
  `);
  await follow(project, result.stdout);
  expect(lockedVersions(project, "npm", "tiny")).toContain("2.0.0");
});

test("PyPI: a range, and another version of the dependent", async () => {
  const project = service(['"crypto>=2"', '"crypto>=2,<3"']);
  await project.run("resolve");
  const result = await project.run("why-not", "pypi:six>=1.17");
  expect(transcript(result)).toMatchInlineSnapshot(`
    "exit 0
    --- stdout
    pypi six 1.17 is possible; this changes too:
      ~ pypi crypto 2.1 -> 2.0
    to get it: enki update pypi:six@1.17 pypi:crypto@2.0
    "
  `);
  await follow(project, result.stdout);
  expect(lockedVersions(project, "pypi", "six")).toEqual(["1.17"]);
});

test("PyPI: what is required stands in the way", async () => {
  const project = service(['"crypto>=2"', '"crypto==2.1"']);
  const result = await project.run("why-not", "six@1.17", "--json");
  expect(result.status).toBe(1);
  expect(JSON.parse(result.stdout)).toMatchObject({
    status: "unsatisfiable",
    suggestions: [{ command: "enki add 'pypi:crypto@>=3.0'", version: "3.0" }],
  });
});

test("opam: an older version of the dependent", async () => {
  const project = service();
  const result = await project.run("why-not", "opam:base@0.2", "--json");
  expect(transcript(result)).toMatchInlineSnapshot(`
    "exit 0
    --- stdout
    {
      "asked": "0.2",
      "changes": [
        {
          "after": [
            "6.3.0"
          ],
          "before": [],
          "ecosystem": "nix",
          "name": "gmp"
        },
        {
          "after": [
            "0.2"
          ],
          "before": [
            "0.1"
          ],
          "ecosystem": "opam",
          "name": "base"
        },
        {
          "after": [
            "4"
          ],
          "before": [],
          "ecosystem": "opam",
          "name": "conf-gmp"
        },
        {
          "after": [
            "1.5"
          ],
          "before": [
            "2.0"
          ],
          "ecosystem": "opam",
          "name": "zed"
        }
      ],
      "command": "enki resolve && enki update opam:base@0.2 opam:zed@1.5",
      "ecosystem": "opam",
      "name": "base",
      "others": [],
      "status": "possible",
      "versions": [
        "0.2"
      ]
    }
    "
  `);
  const { command } = JSON.parse(result.stdout) as { command: string };
  await follow(project, `to get it: ${command}`);
  expect(lockedVersions(project, "opam", "base")).toEqual(["0.2"]);
});

test("nixpkgs: the version that another release has, and toolchains", async () => {
  const project = service(['release = "nixos-25.05"', 'release = "nixos-24.11"']);
  expect(transcript(await project.run("why-not", "nix:openssl@3.4.1"))).toMatchInlineSnapshot(`
    "exit 1
    --- stdout
    nix openssl 3.4.1 is not possible for x86_64-linux
      openssl-sys 0.9.1 requires openssl, which gets 3.3.2
    Because search/Cargo.toml:7 requires tls 1, tls 1.2.3 requires openssl-sys ^0.9, which requires openssl (links = "openssl" of openssl-sys 0.9.1), tls >=1.3.0, <2 requires openssl-sys ^0.9.1, and openssl 3.3.2 is not 3.4.1, which you asked for, your requirements can't all be fulfilled.
    hint: everything agrees with nixpkgs nixos-25.05: set release = "nixos-25.05" under [nixpkgs] in enki.toml
    "
  `);
  expect(transcript(await project.run("why-not", "nix:openssl@9"))).toMatchInlineSnapshot(`
    "exit 1
    --- stdout
    nix openssl 9 is not possible for x86_64-linux
      openssl-sys 0.9.1 requires openssl, which gets 3.3.2
    Because search/Cargo.toml:7 requires tls 1, tls 1.2.3 requires openssl-sys ^0.9, which requires openssl (links = "openssl" of openssl-sys 0.9.1), tls >=1.3.0, <2 requires openssl-sys ^0.9.1, and openssl 3.3.2 is not 9, which you asked for, your requirements can't all be fulfilled.
    "
  `);
  expect(transcript(await project.run("why-not", "nix:python@3.13"))).toMatchInlineSnapshot(`
    "exit 2
    --- stderr
    error: python is a toolchain here, which flags choose
     = help: \`enki explain --python 3.13\` tells whether there is an answer with that one
    "
  `);
});

test("what nothing needs, what is named twice or without a version", async () => {
  const project = service();
  expect(transcript(await project.run("why-not", "npm:tinny@1"))).toMatchInlineSnapshot(`
    "exit 1
    --- stderr
    error: nothing here needs npm's tinny
     = help: did you mean "tiny"?
    "
  `);
  expect(transcript(await project.run("why-not", "npm:tiny"))).toMatchInlineSnapshot(`
    "exit 2
    --- stderr
    error: which version of tiny is asked for?
     = help: say for example npm:tiny@1.2.3
    "
  `);
  expect(transcript(await project.run("why-not", "cargo:left-pad@1.0.0", "--json"))).toMatchInlineSnapshot(`
    "exit 1
    --- stdout
    {
      "code": "not-found",
      "diagnostics": [],
      "hint": "\`enki add cargo:left-pad@1.0.0\` would require it",
      "message": "nothing here needs cargo's left-pad",
      "status": "error"
    }
    --- stderr
    error: nothing here needs cargo's left-pad
     = help: \`enki add cargo:left-pad@1.0.0\` would require it
    "
  `);
});

test("what does not come from a registry", async () => {
  const project = service(['"kit": "^1.0.0"', '"kit": "^1.0.0", "own": "file:own"']);
  mkdirSync(join(project.directory, "web/own"));
  writeFileSync(join(project.directory, "web/own/package.json"), '{ "name": "own", "version": "1.0.0" }');
  expect(transcript(await project.run("why-not", "npm:own@2.0.0"))).toMatchInlineSnapshot(`
    "exit 1
    --- stderr
    error: own 1.0.0 is not chosen from a registry here
     = help: \`enki why npm:own\` tells what asks for it
    "
  `);
  expect((await project.run("why-not", "npm:own@1.0.0")).stdout).toMatchInlineSnapshot(`
    "npm own 1.0.0 is part of the answer already
    "
  `);
});
