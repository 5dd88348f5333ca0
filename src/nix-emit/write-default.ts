import { compareBytewise } from "../model/order.ts";
import { isNixIdentifier, nixAttributeName, nixString } from "./nix-text.ts";
import type { Plan } from "./plan.ts";

const header = "# Written by `enki nix` from enki.lock; do not edit. Changes belong into overrides.nix.\n";

/** What the library itself takes from nixpkgs, whatever was locked. */
const libraryArguments = ["fetchgit", "fetchurl", "lib", "mkShell", "opam-installer", "stdenv", "stdenvNoCC"];

/** `default.nix`: names every toolchain and system package that the solution chose, so that a reviewer sees them. */
export function writeDefaultNix(plan: Plan): string {
  const { toolchains, attributes } = attributesOf(plan);
  const paths = [...toolchains.values(), ...attributes];
  const needsPackages = paths.some((path) => !isNixIdentifier(path.split(".")[0] ?? ""));
  const formals = new Set([
    ...libraryArguments,
    ...(needsPackages ? ["pkgs"] : []),
    ...(toolchains.has("rustc") ? ["rustPlatform"] : []),
    ...paths.map((path) => path.split(".")[0] ?? "").filter(isNixIdentifier),
  ]);
  formals.delete("lib");
  const names = ["lib", ...[...formals].toSorted(compareBytewise)];
  const release = plan.nixpkgs?.release ?? null;
  const toolchainLines = [...toolchains].map(
    ([tool, path]) => `      ${nixAttributeName(tool)} = ${reference(path)};\n`,
  );
  const rust = toolchains.has("rustc") ? ["      inherit rustPlatform;\n"] : [];
  const attributeLines = attributes.map((path) => `      ${nixString(path)} = ${reference(path)};\n`);
  return `${header}{
${names.map((name) => `  ${name},\n`).join("")}  root ? ../..,
  expectedNixpkgs ? ${release === null ? "null" : nixString(release)},
}:

import ./lib {
  inherit
    lib
    fetchgit
    fetchurl
    mkShell
    opam-installer
    stdenv
    stdenvNoCC
    root
    expectedNixpkgs
    ;
  plan = builtins.fromJSON (builtins.readFile ./plan.json);
  overrides = import ./overrides.nix;
  toolchains = ${block([...toolchainLines, ...rust])};
  attributes = ${block(attributeLines)};
}
`;
}

/** `overlay.nix`: every package under its own name, so that NixOS modules pick it up. */
export function writeOverlayNix(plan: Plan): string {
  const names = overlayNames(plan);
  const lines = [...names].map(
    ([attribute, path]) => `  ${nixAttributeName(attribute)} = final.enki.${path.map(nixAttributeName).join(".")};\n`,
  );
  return `${header}final: prev: {
  enki = final.callPackage ./default.nix { };
${lines.join("")}}
`;
}

/** Overlay attribute to path below the result of default.nix: the projects, under names that nixpkgs does not use for itself. */
function overlayNames(plan: Plan): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, readonly string[]>();
  for (const name of plan.projects.keys()) names.set(`enki-${name}`, ["projects", name]);
  return new Map([...names].toSorted(([left], [right]) => compareBytewise(left, right)));
}

/** `overrides.nix`: written once, then the user's. */
export function writeOverridesNix(): string {
  return `# Yours: Enki writes this file once and never again. It overrides derivations by their names in packages, such as
# "pypi:lxml@5.3.0" = prev."pypi:lxml@5.3.0".overrideAttrs (old: { patches = [ ./lxml.patch ]; });
final: prev: { }
`;
}

/** `flake.nix`: packages, overlay, checks and shells for the systems of the lock. */
export function writeFlakeNix(plan: Plan): string {
  const release = plan.nixpkgs?.release ?? "nixos-unstable";
  const branch = /^nixos-\d\d\\.\d\d$/.test(release) ? release : "nixos-unstable";
  return `{
  description = "Built from enki.lock";

  inputs.nixpkgs.url = ${nixString(`github:NixOS/nixpkgs/${branch}`)};

  outputs =
    { self, nixpkgs }:
    let
      systems = [
${plan.systems.map((system) => `        ${nixString(system)}\n`).join("")}      ];
      forSystems =
        make: nixpkgs.lib.genAttrs systems (system: make (import nixpkgs { inherit system; }).callPackage);
      enki = callPackage: callPackage ./nix/enki { root = self; };
    in
    {
      overlays.default = import ./nix/enki/overlay.nix;
      packages = forSystems (callPackage: (enki callPackage).projects);
      checks = forSystems (callPackage: (enki callPackage).projects);
      devShells = forSystems (callPackage: { default = (enki callPackage).devShell; });
    };
}
`;
}

function attributesOf(plan: Plan): {
  readonly toolchains: ReadonlyMap<string, string>;
  readonly attributes: readonly string[];
} {
  return { toolchains: plan.toolchains, attributes: plan.attributes };
}

/** An attribute path as an expression over the parameters; through `pkgs` when its first part can't be a parameter. */
function reference(path: string): string {
  const [first = "", ...rest] = path.split(".");
  const start = isNixIdentifier(first) ? first : `pkgs.${nixAttributeName(first)}`;
  return [start, ...rest.map(nixAttributeName)].join(".");
}

function block(lines: readonly string[]): string {
  return lines.length === 0 ? "{ }" : `{\n${lines.join("").replaceAll(/^ {2}/gm, "")}  }`;
}
