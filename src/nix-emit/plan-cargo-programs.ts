import { EnkiError } from "../model/enki-error.ts";
import type { PackageId, ResolvedPackage, ResolvedRoot } from "../model/resolution.ts";
import { inputsOf, metaOf } from "./inputs.ts";
import { narrowedManifest } from "./narrowed-manifest.ts";
import { planCrates, planGitSources, withoutCompiler } from "./plan-cargo.ts";
import type { CargoPrograms, PlannedProgram } from "./plan.ts";
import type { ResolutionIndex } from "./resolution-index.ts";
import type { SourceTable } from "./source-table.ts";
import { storeName } from "./store-name.ts";

/** Whether a root of cargo's is a table of enki.toml: crates to install, where a Cargo.toml is a crate to build. */
export function isTableOfCrates(root: ResolvedRoot): boolean {
  return root.ecosystem === "cargo" && !root.file.endsWith("Cargo.toml");
}

/** The crates that a table of enki.toml asks for, as the programs that they have. */
export function planCargoPrograms(root: ResolvedRoot, index: ResolutionIndex): CargoPrograms {
  return {
    kind: "cargo-programs",
    pname: "cargo-programs",
    version: "0",
    programs: cratesOf(root, index).map(({ id, systems }) => ({ id, ...index.someSystems(systems) })),
    meta: {},
  };
}

/** How the programs of every crate that a table asks for are built. */
export function planProgramsOf(
  root: ResolvedRoot,
  index: ResolutionIndex,
  sources: SourceTable,
): readonly PlannedProgram[] {
  return cratesOf(root, index).map(({ id }) => {
    const package_ = packageOf(id, index);
    const needed = [...index.reachable(id, "cargo", "run").keys()].map((one) => packageOf(one, index));
    const [crate] = planCrates([package_], sources);
    if (crate === undefined) throw new EnkiError("invalid-lock", `the lock has no archive of ${id}`);
    const { text, features } = narrowedManifest(package_, index);
    return {
      id,
      pname: storeName(package_.name),
      version: storeName(package_.version),
      crate,
      manifest: text,
      features,
      crates: planCrates(
        needed.filter((one) => one.id !== id),
        sources,
      ),
      gitSources: planGitSources(needed),
      inputs: withoutCompiler(inputsOf(index, [root.id, id, ...needed.map((one) => one.id)])),
      meta: metaOf(package_),
    };
  });
}

function cratesOf(
  root: ResolvedRoot,
  index: ResolutionIndex,
): readonly { readonly id: PackageId; readonly systems: readonly string[] | undefined }[] {
  return index
    .edgesFrom(root.id)
    .filter(({ to }) => index.package(to)?.ecosystem === "cargo")
    .map(({ to, systems }) => ({ id: to, systems }));
}

function packageOf(id: PackageId, index: ResolutionIndex): ResolvedPackage {
  const package_ = index.package(id);
  if (package_ === undefined) throw new EnkiError("invalid-lock", `the lock has an edge to ${id}, but no such package`);
  return package_;
}
