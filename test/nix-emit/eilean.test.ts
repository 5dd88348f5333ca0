import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { makeStore, nixIsMissing } from "../helpers/nix-instantiate.ts";
import { runScenario } from "../helpers/run-scenario.ts";
import { materialiseScenario, parseScenario } from "../helpers/scenario.ts";
import { emitProject, evaluateRestricted, fakePackages, type EmittedProject } from "./emitted-project.ts";

const example = fileURLToPath(new URL("../../examples/eilean", import.meta.url));

/** The example's own enki.toml, beside sources of eon, over registries with what it asks for. */
const scenario = `
[files]
"enki.toml" = '''
${readFileSync(join(example, "enki.toml"), "utf8")}'''
"eon/eon.opam" = '''
opam-version: "2.0"
depends: ["ocaml" {>= "5.0"} "dune" {>= "3.4"} "dns-server" {>= "6.2.2"}]
build: ["dune" "build" "-p" name "-j" jobs "@install"]
'''
[registry.pypi.matrix-synapse."1.120.0"]
requires-python = ">=3.9"
requires-dist = ["twisted", "psycopg2 ; extra == 'postgres'", "systemd-python ; extra == 'systemd'", "lxml ; extra == 'url-preview'"]
[registry.pypi.twisted."24.7"]
[registry.pypi.psycopg2."2.9"]
[registry.pypi.systemd-python."235"]
[registry.pypi.lxml."5.3"]
[registry.opam.ocaml."5.3.0"]
[registry.opam.dune."3.17"]
[registry.opam.dns-server."10.2.5"]
[expected]
outcome = "resolved"
`;

/** What NixOS evaluates modules with, as far as the example's module asks; Synapse and its wrapper as in nixpkgs. */
const stub = `
  fake = import ${fakePackages} { system = "x86_64-linux"; release = "25.05"; };
  pkgs = fake // {
    matrix-synapse-unwrapped = fake.stdenv.mkDerivation {
      name = "matrix-synapse-of-nixpkgs"; buildCommand = "mkdir $out";
      passthru = { optional-dependencies = { postgres = [ 1 ]; url-preview = [ 2 ]; user-search = [ 3 ]; }; plugins = { a = fake.zlib; }; tests = { b = 2; }; python = fake.python3; };
      meta = { description = "Synapse"; };
    };
  };
  wrapperOf = { matrix-synapse-unwrapped, ... }: { extras, plugins }: let
      env = matrix-synapse-unwrapped.python.buildEnv.override { extraLibs = builtins.concatMap (extra: matrix-synapse-unwrapped.optional-dependencies.\${extra}) extras ++ plugins; };
    in fake.stdenv.mkDerivation {
      name = matrix-synapse-unwrapped.name + "-wrapped"; meta = matrix-synapse-unwrapped.meta;
      buildCommand = "for bin in \${matrix-synapse-unwrapped}/bin/*; do echo $bin \${env}/\${matrix-synapse-unwrapped.python.sitePackages}; done";
    };
  lib = fake.lib // {
    mkEnableOption = what: { type = "bool"; default = false; };
    mkOption = option: option;
    mkIf = condition: content: { inherit condition content; };
    mkDefault = value: value;
    types = { str = "str"; nullOr = type: type; listOf = type: [ type ]; };
  };
  moduleWith = enki: import ./module.nix { inherit lib; config.eilean.enki = enki; pkgs = final; };
  overlayWith = options: import ./overlay.nix options;
  finalWith = options: let
      final = pkgs // overlayWith options final pkgs // { callPackage = f: o: let g = import f; in g (builtins.intersectAttrs (builtins.functionArgs g) final // o); };
    in final;
  final = finalWith { };
`;

/** A wrapper as a NixOS module makes it, over a set of packages. */
function wrap(packages: string): string {
  return `(wrapperOf ${packages} { extras = [ "systemd" "postgres" ]; plugins = builtins.attrValues ${packages}.matrix-synapse-unwrapped.plugins; }).drvPath`;
}

/** A flake in the place of another. */
function flakeOf(files: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), "enki-flake-"));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
  return `path:${directory}`;
}

/** Evaluates the example's module switched on, and makes a system of what it sets. */
const stubNixpkgs = `{
  outputs = { self }: {
    lib.nixosSystem = { system, modules }: let
      ${stub.replaceAll("./", "${MODULE}/").replaceAll(fakePackages, "./fake")}
      set = (moduleWith { enable = true; exclude = [ ]; expectedNixpkgs = "nixos-25.05"; }).config.content;
      toplevel = derivation {
        name = "system"; inherit system; builder = "x";
        packages = [ set.services.eon.package.content set.security.acme-eon.package.content (wrapperOf final { extras = [ "systemd" ]; plugins = [ ]; }) ];
      };
    in assert builtins.length modules == 4 && builtins.isString toplevel.drvPath; {
      config.system.build = { inherit toplevel; };
    };
  };
}
`;

describe.skipIf(nixIsMissing)("the example for Eilean", () => {
  const store = makeStore();
  let project: EmittedProject;
  beforeAll(async () => {
    const result = await runScenario(
      materialiseScenario(parseScenario("eilean", scenario), mkdtempSync(join(tmpdir(), "enki-eilean-"))),
      {},
    );
    if (result.kind !== "resolved") throw new Error(result.kind);
    project = emitProject(result.resolution, { "eon/eon.opam": 'opam-version: "2.0"\n' });
    cpSync(example, project.directory, { recursive: true });
  });
  const evaluate = (expression: string): unknown =>
    evaluateRestricted(store, project, `let ${stub.replaceAll("./", `${project.directory}/`)} in ${expression}`);

  it("has the options, switched off by default", () => {
    const options = evaluate(
      `builtins.mapAttrs (_: option: option.default) (moduleWith { enable = false; exclude = [ ]; expectedNixpkgs = null; }).options.eilean.enki`,
    );
    expect(options).toEqual({ enable: false, exclude: [], expectedNixpkgs: "nixos-25.05" });
    expect(evaluate(`(moduleWith { enable = false; exclude = [ ]; expectedNixpkgs = null; }).config.condition`)).toBe(
      false,
    );
  });

  it("puts the locked packages where the modules look for them", () => {
    expect(
      evaluate(`{
        eon = final.eon.name;
        synapse = final.matrix-synapse-unwrapped.name;
        isBuilt = builtins.isString final.matrix-synapse-unwrapped.drvPath && builtins.isString final.eon.drvPath;
      }`),
    ).toEqual({ eon: "eon-dev", synapse: "matrix-synapse-1.120.0", isBuilt: true });
    const module = `(moduleWith { enable = true; exclude = [ ]; expectedNixpkgs = null; }).config`;
    expect(evaluate(`${module}.content.services.eon.package.content.name`)).toBe("eon-dev");
    expect(evaluate(`${module}.content.security.acme-eon.package.content.name`)).toBe("eon-dev");
    expect(evaluate(`builtins.length ${module}.content.nixpkgs.overlays`)).toBe(1);
  });

  it("keeps what the wrapper of Synapse asks for", () => {
    const extras = ["postgres", "systemd", "url-preview", "user-search"];
    expect(
      evaluate(`with final; {
        extras = matrix-synapse-unwrapped.optional-dependencies;
        plugins = builtins.attrNames matrix-synapse-unwrapped.plugins;
        inherit (matrix-synapse-unwrapped) tests;
        hasPython = matrix-synapse-unwrapped.python ? interpreter;
        program = matrix-synapse-unwrapped.meta.mainProgram;
      }`),
    ).toEqual({
      extras: Object.fromEntries(extras.map((extra) => [extra, []])),
      plugins: ["a"],
      tests: { b: 2 },
      hasPython: true,
      program: "synapse_homeserver",
    });
  });

  it("is wrapped as nixpkgs wraps it, with a plugin, and refuses plugins for another Python", () => {
    expect(evaluate(wrap("final"))).toMatch(/-matrix-synapse-1\.120\.0-wrapped\.drv$/);
    const older = `(let old = pkgs.matrix-synapse-unwrapped // { python = fake.python3 // { pythonVersion = "3.11"; }; }; in overlayWith { } final (pkgs // { matrix-synapse-unwrapped = old; }))`;
    expect(() => evaluate(wrap(older))).toThrow(/a is for Python 3\.11, Synapse is locked for 3\.12/);
  });

  it("passes nix flake check with stand-ins for its inputs", () => {
    const nixpkgs = flakeOf({ "flake.nix": stubNixpkgs.replaceAll("${MODULE}", project.directory) });
    cpSync(fakePackages, join(nixpkgs.slice("path:".length), "fake"), { recursive: true });
    const eilean = flakeOf({ "flake.nix": "{ outputs = { self }: { nixosModules.default = { }; }; }" });
    const inputs = ["--override-input", "nixpkgs", nixpkgs, "--override-input", "eilean", eilean];
    const { status, stderr } = spawnSync(
      "nix",
      ["flake", "check", "--impure", "--no-build", "--no-write-lock-file", ...inputs, `path:${project.directory}`],
      { env: store.environment, encoding: "utf8" },
    );
    expect({ status, stderr: status === 0 ? "" : stderr }).toEqual({ status: 0, stderr: "" });
  });

  it("leaves out what is excluded", () => {
    expect(evaluate(`(finalWith { exclude = [ "matrix-synapse-unwrapped" ]; }).matrix-synapse-unwrapped.name`)).toBe(
      "matrix-synapse-of-nixpkgs",
    );
    expect(evaluate(`builtins.attrNames (overlayWith { exclude = [ "eon" ]; } final pkgs)`)).toEqual([
      "matrix-synapse-unwrapped",
    ]);
    const module = `(moduleWith { enable = true; exclude = [ "eon" ]; expectedNixpkgs = null; }).config`;
    expect(evaluate(`${module}.content.services.eon.package.condition`)).toBe(false);
  });

  it("refuses another nixpkgs than expected", () => {
    expect(() => evaluate(`(finalWith { expectedNixpkgs = "nixos-26.05"; }).eon.drvPath`)).toThrow(
      /nixpkgs nixos-26\.05, but this is 25\.05/,
    );
  });
});
