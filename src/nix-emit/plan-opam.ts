import type { ResolvedPackage, ResolvedRoot } from "../model/resolution.ts";
import { compareBytewise } from "../model/order.ts";
import { EnkiError } from "../model/enki-error.ts";
import type { JsonObject } from "../model/json.ts";
import { commandsOf, isObject, textOf, textsOf } from "./details.ts";
import { inputsOf, metaOf } from "./inputs.ts";
import { planCrates, planGitSources } from "./plan-cargo.ts";
import type { DistributionUse, OpamProject, PlannedInputs, PlannedOpamPackage } from "./plan.ts";
import { directoryOf, innerPath } from "./project-path.ts";
import type { ResolutionIndex } from "./resolution-index.ts";
import type { SourceTable } from "./source-table.ts";
import { storeName } from "./store-name.ts";

/** Packages that stand for the compiler, which nixpkgs provides. */
const compilerPattern =
  /^(?:ocaml|ocaml-(?:base-compiler|variants|system|config|compiler|options-[a-z0-9-]+|option-[a-z0-9-]+)|base-.*|host-.*)$/;

/** The project of one opam file, with the packages that it needs. */
export function planOpamProject(root: ResolvedRoot, index: ResolutionIndex): OpamProject {
  const directory = innerPath(directoryOf(root.file), root.id);
  const file = root.file.slice(root.file.lastIndexOf("/") + 1);
  const build = commandsOf(root.details, "build");
  return {
    kind: "opam",
    pname: plainWord(storeName(root.name ?? file.replace(/\.opam$/, "")), root.id),
    version: storeName(root.version ?? "0"),
    ...(build.length === 0 ? {} : { directory }),
    build,
    install: commandsOf(root.details, "install"),
    packages: usesFrom(root.id, index),
    inputs: systemInputs(root.id, index),
    meta: {},
  };
}

/** One opam package: how it is built, and on what. */
export function planOpamPackage(
  package_: ResolvedPackage,
  index: ResolutionIndex,
  sources: SourceTable,
): PlannedOpamPackage {
  const { details, artifacts } = package_;
  const isProvided = compilerPattern.test(package_.name) || textsOf(details, "flags").includes("conf");
  const archive = artifacts.find(({ kind }) => kind !== "extra-source");
  const crates = [...index.reachable(package_.id, "cargo", `build:${package_.id}`).keys()]
    .map((id) => index.package(id))
    .filter((crate) => crate !== undefined);
  const source = isProvided || archive === undefined ? {} : { source: sources.add(package_, archive) };
  return {
    id: package_.id,
    name: plainWord(package_.name, package_.id),
    version: plainWord(package_.version, package_.id),
    pname: storeName(package_.name),
    storeVersion: storeName(package_.version),
    ...source,
    extraSources: isProvided ? [] : extraSources(package_, sources),
    patches: textsOf(details, "patches").map((patch) => innerPath(patch, package_.id)),
    substs: textsOf(details, "substs").map((subst) => innerPath(subst, package_.id)),
    build: isProvided ? [] : commandsOf(details, "build"),
    install: isProvided ? [] : commandsOf(details, "install"),
    crates: planCrates(crates, sources),
    gitSources: planGitSources(crates),
    dependencies: directUses(package_.id, index),
    inputs: systemInputs(package_.id, index, crates),
    meta: metaOf(package_),
  };
}

/** Extra sources are named in the details, and their files are artefacts in the same order. */
function extraSources(package_: ResolvedPackage, sources: SourceTable): PlannedOpamPackage["extraSources"] {
  const declared = package_.details["extraSources"];
  const named = Array.isArray(declared) ? declared.filter((one): one is JsonObject => isObject(one)) : [];
  return package_.artifacts
    .filter(({ kind }) => kind === "extra-source")
    .map((artifact, position) => {
      const one = named.find((candidate) => textOf(candidate, "url") === artifact.url) ?? named[position];
      const name = one === undefined ? undefined : textOf(one, "name");
      if (name === undefined) throw new EnkiError("invalid-lock", `${package_.id} has an extra source without a name`);
      return { name: innerPath(name, package_.id), source: sources.add(package_, artifact) };
    });
}

/** A name or version as opam allows them; they end up in scripts of the build. */
function plainWord(text: string, whose: string): string {
  if (/^[A-Za-z0-9_+.~-]+$/.test(text)) return text;
  throw new EnkiError(
    "invalid-lock",
    `${whose} has a name or version that opam does not allow: ${JSON.stringify(text)}`,
  );
}

/** System packages are there for the whole switch: a program links the C libraries of all that it depends on. */
function systemInputs(from: string, index: ResolutionIndex, crates: readonly ResolvedPackage[] = []): PlannedInputs {
  return inputsOf(index, [from, ...index.reachable(from, "opam", "run").keys(), ...crates.map(({ id }) => id)]);
}

function directUses(from: string, index: ResolutionIndex): readonly DistributionUse[] {
  const systemsOf = new Map<string, readonly string[]>();
  for (const { to, kind, systems = index.systems } of index.edgesFrom(from)) {
    if (index.package(to)?.ecosystem !== "opam" || kind === "dev" || kind === "peer") continue;
    systemsOf.set(to, [...(systemsOf.get(to) ?? []), ...systems]);
  }
  return [...systemsOf]
    .map(([id, systems]) => ({ id, ...index.someSystems(systems) }))
    .toSorted((left, right) => compareBytewise(left.id, right.id));
}

function usesFrom(from: string, index: ResolutionIndex): readonly DistributionUse[] {
  return [...index.reachable(from, "opam", "run")].map(([id, systems]) => ({ id, ...index.someSystems(systems) }));
}
