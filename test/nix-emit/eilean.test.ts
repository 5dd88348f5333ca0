import { cpSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { makeStore, nixIsMissing } from "../helpers/nix-instantiate.ts";
import { emitProject, evaluateRestricted, fakePackages } from "./emitted-project.ts";
import { attributeOf, edgeOf, packageOf, resolutionOf, rootOf, someIntegrity } from "./sample.ts";

const example = fileURLToPath(new URL("../../examples/eilean", import.meta.url));

/** A host as it would be locked: Synapse from a wheel, eon from opam. */
function hostResolution(): ReturnType<typeof resolutionOf> {
  const wheel = "https://pypi.example/matrix_synapse-1.120.0-py3-none-any.whl";
  const synapse = packageOf("pypi", "matrix-synapse", "1.120.0", [
    { kind: "wheel", url: wheel, integrity: someIntegrity },
  ]);
  const source = { kind: "source", url: "https://opam.example/eon-0.1.tar.gz", integrity: someIntegrity };
  const eon = packageOf("opam", "eon", "0.1", [source], { build: [["dune", "build", "-p", "eon", "@install"]] });
  return resolutionOf({
    systems: ["aarch64-linux", "x86_64-linux"],
    roots: [rootOf("pypi", "enki.toml#pypi"), rootOf("opam", "enki.toml#opam")],
    packages: [
      synapse,
      eon,
      attributeOf("python312", "3.12.7", ["native"], "python"),
      attributeOf("ocaml", "5.2.0", ["native"], "ocaml"),
    ],
    edges: [edgeOf("root:enki.toml#pypi", synapse.id), edgeOf("root:enki.toml#opam", eon.id)],
  });
}

/** What NixOS evaluates modules with, as far as the example's module asks. */
const stub = `
  fake = import ${fakePackages} { system = "x86_64-linux"; };
  pkgs = fake // {
    matrix-synapse-unwrapped = fake.stdenv.mkDerivation {
      name = "matrix-synapse-of-nixpkgs"; buildCommand = "mkdir $out";
      passthru = { optional-dependencies = { postgres = [ 1 ]; url-preview = [ 2 ]; user-search = [ 3 ]; }; plugins = { a = 1; }; tools = { b = 2; }; python = fake.python3; };
      meta = { description = "Synapse"; };
    };
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

describe.skipIf(nixIsMissing)("the example for Eilean", () => {
  const project = emitProject(hostResolution());
  const store = makeStore();
  cpSync(example, project.directory, { recursive: true });
  const evaluate = (expression: string): unknown =>
    evaluateRestricted(store, project, `let ${stub.replaceAll("./", `${project.directory}/`)} in ${expression}`);

  it("has the options, switched off by default", () => {
    const options = evaluate(
      `builtins.mapAttrs (_: option: option.default) (moduleWith { enable = false; exclude = [ ]; expectedNixpkgs = null; }).options.eilean.enki`,
    );
    expect(options).toEqual({ enable: false, exclude: [], expectedNixpkgs: "nixos-24.11" });
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
    ).toEqual({ eon: "eon-0.1", synapse: "matrix-synapse-1.120.0", isBuilt: true });
    const module = `(moduleWith { enable = true; exclude = [ ]; expectedNixpkgs = null; }).config`;
    expect(evaluate(`${module}.content.services.eon.package.content.name`)).toBe("eon-0.1");
    expect(evaluate(`builtins.length ${module}.content.nixpkgs.overlays`)).toBe(1);
  });

  it("keeps what the wrapper of Synapse asks for", () => {
    const extras = ["postgres", "systemd", "url-preview", "user-search"];
    expect(
      evaluate(`with final; {
        extras = matrix-synapse-unwrapped.optional-dependencies;
        inherit (matrix-synapse-unwrapped) plugins tools;
        hasPython = matrix-synapse-unwrapped.python ? interpreter;
        program = matrix-synapse-unwrapped.meta.mainProgram;
      }`),
    ).toEqual({
      extras: Object.fromEntries(extras.map((extra) => [extra, []])),
      plugins: { a: 1 },
      tools: { b: 2 },
      hasPython: true,
      program: "synapse_homeserver",
    });
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
      /nixpkgs nixos-26\.05, but this is 24\.11/,
    );
  });
});
