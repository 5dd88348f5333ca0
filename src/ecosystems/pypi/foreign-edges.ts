/** Requirements of distributions on packages of other ecosystems. */
import type { ForeignRequirement } from "../../model/requirement.ts";
import type { PackageId } from "../../model/resolution.ts";
import type { NestedProject } from "../ecosystem.ts";
import type { Distribution } from "./distribution.ts";
import { externalRequirement } from "./external.ts";
import type { TargetEnvironment } from "./target-environment.ts";

/** The edge from a distribution or a project to the Python that runs it. */
export function pythonRequirement(range: string, why: string): ForeignRequirement {
  return {
    ecosystem: "nix",
    name: "tool:python",
    range: range === "" ? "*" : range,
    rangeSyntax: "pypi",
    kind: "tool",
    why,
  };
}

/** The edge from a source distribution with a crate inside to the compiler that builds it. */
export function rustRequirement(id: PackageId, distribution: Distribution): ForeignRequirement | undefined {
  const cargo = distribution.sdist?.cargo;
  if (cargo === undefined) return undefined;
  return {
    ecosystem: "nix",
    name: "tool:rustc",
    range: cargo.rustVersion === undefined ? "*" : `>=${cargo.rustVersion}`,
    rangeSyntax: "pypi",
    kind: "build",
    environment: `build:${id}`,
    why: `${cargo.rustVersion === undefined ? "" : "rust-version in "}${cargo.manifest} of ${id.slice("pypi:".length).replace("@", " ")}`,
  };
}

/** The crate inside of a source distribution, with everything that cargo reads of it. */
export function innerCrate(id: PackageId, distribution: Distribution): NestedProject | undefined {
  const cargo = distribution.sdist?.cargo;
  if (cargo === undefined) return undefined;
  const { manifest, lock, files } = cargo;
  const why = `the crate that ${id.slice("pypi:".length).replace("@", " ")} builds`;
  return { ecosystem: "cargo", within: id, files, manifest, lock, why };
}

/**
 * What a source distribution needs from outside of PyPI: what it says itself (PEP 725), and the programs that its backend
 * looks for. Identifiers that name no registry are the name table's affair; one that it does not know is an error that
 * names the line to add.
 */
export function externalRequirements(
  id: PackageId,
  distribution: Distribution,
  environment: TargetEnvironment,
): readonly ForeignRequirement[] {
  const lines = distribution.sdist?.external ?? [];
  const stated = lines.map((line) => externalRequirement(line, id, (marker) => environment.holds(marker)));
  return [...stated.filter((requirement) => requirement !== undefined), ...backendPrograms(id, distribution)];
}

/**
 * Programs that a backend takes from PyPI when it finds none (`get_requires_for_build_wheel` of meson-python and
 * scikit-build-core), which is known only when it runs. patchelf is part of every build on Linux in nixpkgs.
 */
const programsOfBackends: readonly (readonly [backend: string, programs: readonly string[]])[] = [
  ["mesonpy", ["ninja"]],
  ["scikit_build_core", ["cmake", "ninja"]],
];

function backendPrograms(id: PackageId, { sdist }: Distribution): readonly ForeignRequirement[] {
  const backend = sdist?.buildBackend ?? "";
  const [, programs = []] =
    programsOfBackends.find(([name]) => backend === name || backend.startsWith(`${name}.`)) ?? [];
  return programs.map((name) => ({
    ecosystem: "nix",
    name,
    range: "*",
    kind: "build",
    environment: `build:${id}`,
    why: `what ${backend} runs, the build backend of ${id.slice("pypi:".length).replace("@", " ")}`,
  }));
}
