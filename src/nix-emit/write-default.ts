import { compareBytewise } from "../model/order.ts";
import { isNixIdentifier, nixAttributeName, nixString } from "./nix-text.ts";
import type { Plan } from "./plan.ts";

const header = "# Written by `enki nix` from enki.lock; do not edit. Changes belong into overrides.nix.\n";

/** What the library itself takes from nixpkgs, whatever was locked; for some sources and ecosystems more. */
const libraryArguments = ["fetchurl", "lib", "mkShell", "stdenv", "stdenvNoCC"];

/** `default.nix`: names every toolchain and system package that the solution chose, so that a reviewer sees them. */
export function writeDefaultNix(plan: Plan): string {
  const { toolchains, attributes } = attributesOf(plan);
  const paths = [...toolchains.values(), ...attributes];
  const needsPackages = paths.some((path) => !isNixIdentifier(path.split(".")[0] ?? ""));
  const hasCheckouts = [...plan.sources.values()].some(({ revision }) => revision !== undefined);
  const library = [
    ...libraryArguments,
    ...(hasCheckouts ? ["fetchgit"] : []),
    ...(hasNativeWheels(plan) ? ["autoPatchelfHook", "pythonManylinuxPackages"] : []),
    ...(plan.opam.size > 0 || toolchains.has("ocaml") ? ["opam-installer"] : []),
  ].toSorted(compareBytewise);
  const formals = new Set([
    ...library,
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
${names.map((name) => `  ${name},\n`).join("")}  projectRoot ? ../..,
  expectedNixpkgs ? ${release === null ? "null" : nixString(release)},
}:

import ./lib {
  inherit
${[...library, "projectRoot", "expectedNixpkgs"].map((name) => `    ${name}\n`).join("")}    ;
  plan = builtins.fromJSON (builtins.readFile ./plan.json);
  overrides = import ./overrides.nix;
  toolchains = ${block([...toolchainLines, ...rust])};
  attributes = ${block(attributeLines)};
}
`;
}

/** Whether compiled libraries of PyPI have to be pointed to those of nixpkgs. */
function hasNativeWheels(plan: Plan): boolean {
  return [...plan.distributions.values()].some(({ files }) => files.some(({ isNative }) => isNative === true));
}

/**
 * `overlay.nix`: every project under its own name, so that NixOS modules that look for it in nixpkgs find this one, and
 * under `enki-<name>`, which nothing else has.
 */
export function writeOverlayNix(plan: Plan): string {
  const lines = [...overlayNames(plan)].map(
    ([attribute, project]) => `  ${nixAttributeName(attribute)} = final.enki.projects.${nixAttributeName(project)};\n`,
  );
  return `${header}final: prev: {
  enki = final.callPackage ./default.nix { };
${lines.join("")}}
`;
}

/** Attributes without which nothing of nixpkgs can be built: a project of that name stays `enki-<name>` only. */
const foundations: ReadonlySet<string> = new Set([
  "bash",
  "callPackage",
  "coreutils",
  "default",
  "enki",
  "gcc",
  "glibc",
  "npm",
  "opam",
  "pkgs",
  "pypi",
  "cargo",
  "runCommand",
  "rustPlatform",
]);

/** Overlay attribute to project; what default.nix itself takes from nixpkgs can't be replaced by its own result. */
function overlayNames(plan: Plan): ReadonlyMap<string, string> {
  const taken = new Set([
    ...libraryArguments,
    ...foundations,
    "fetchgit",
    "opam-installer",
    ...[...plan.toolchains.values(), ...plan.attributes].map((path) => path.split(".")[0] ?? ""),
  ]);
  const names = new Map<string, string>();
  for (const [name, { pname }] of plan.projects) {
    names.set(`enki-${name}`, name);
    if (!taken.has(pname) && !names.has(pname)) names.set(pname, name);
  }
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
  const branch = /^nixos-\d\d\.\d\d$/.test(release) ? release : "nixos-unstable";
  return `{
  description = "Built from enki.lock";

  inputs.nixpkgs.url = ${nixString(`github:NixOS/nixpkgs/${branch}`)};

  outputs =
    { self, nixpkgs }:
    let
      systems = [
${plan.systems.map((system) => `        ${nixString(system)}\n`).join("")}      ];
      forSystems =
        make: nixpkgs.lib.genAttrs systems (system: make nixpkgs.legacyPackages.\${system}.callPackage);
      enki = callPackage: callPackage ./nix/enki { projectRoot = self; };
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
