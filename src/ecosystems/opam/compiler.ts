import type { Manifest } from "../../model/manifest.ts";
import { ANY_VERSION, type Dependency, type PackageIndex } from "../../solver/provider.ts";
import { compilerPackages, RELEASED_COMPILER } from "./compiler-packages.ts";
import { compareVersions } from "./version.ts";
import type { CompilerChoice, OpamSettings } from "./settings.ts";
import type { AlternativePackage, CandidateRequirement, RealPackage } from "./solver-packages.ts";

/** The class in which compilers are decided: early, because most packages depend on which one it is. */
export const COMPILER_PRIORITY = -2;

interface CompilerPackages {
  real(name: string): RealPackage;
  alternative(label: string, alternatives: readonly (readonly Dependency[])[], priority: number): AlternativePackage;
}

const releasedOnly: CandidateRequirement = {
  key: "released",
  text: "a release",
  admits: (candidate) => !candidate.isAvoided,
};

/**
 * The compiler of the environment, as a wish of its own: nothing in the format prefers a released compiler, so a solver
 * left alone ends up with a development version. Other compilers are taken when no release works, and none at all when
 * the packages exclude every compiler.
 */
export function compilerDependency(
  manifests: readonly Manifest[],
  settings: OpamSettings,
  packages: CompilerPackages,
): Dependency | undefined {
  const { compiler } = settings;
  if (compiler.kind === "none" || manifests.length === 0) return undefined;
  if (compiler.kind === "package") return chosenCompiler(compiler, packages);
  if (manifests.some(namesCompiler)) return undefined;
  const requires = (name: string, requirement?: CandidateRequirement): Dependency => {
    const package_ = packages.real(name);
    return {
      package: package_.index,
      requirement: requirement === undefined ? ANY_VERSION : package_.number(requirement),
      kind: "requires",
      origin: { text: "", kind: "rule", why: "the default compiler" },
    };
  };
  const alternatives = [
    [requires(RELEASED_COMPILER, releasedOnly)],
    ...compilerPackages.map((name) => [requires(name)]),
    // No compiler at all.
    [],
  ];
  const choice = packages.alternative("an OCaml compiler", alternatives, COMPILER_PRIORITY);
  return requirementOn(choice.index, "the default compiler");
}

function chosenCompiler(
  compiler: Extract<CompilerChoice, { kind: "package" }>,
  packages: CompilerPackages,
): Dependency {
  const package_ = packages.real(compiler.name);
  const requirement = package_.number({
    key: `compiler ${compiler.version}`,
    text: `= "${compiler.version}"`,
    admits: (candidate) => compareVersions(candidate.version, compiler.version) === 0,
  });
  const text = `= ${compiler.version}`;
  return {
    package: package_.index,
    requirement,
    kind: "requires",
    origin: { text, kind: "rule", why: "the opam setting `compiler`" },
  };
}

function requirementOn(index: PackageIndex, why: string): Dependency {
  return { package: index, requirement: ANY_VERSION, kind: "requires", origin: { text: "", kind: "rule", why } };
}

/** Whether a manifest itself names a compiler package. */
function namesCompiler(manifest: Manifest): boolean {
  return manifest.requirements.some(({ name, kind }) => kind !== "optional" && compilerPackages.includes(name));
}
