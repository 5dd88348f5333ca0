import { EnkiError } from "../model/enki-error.ts";
import type { ResolvedPackage, ResolvedRoot } from "../model/resolution.ts";
import { textOf } from "./details.ts";
import { inputsOf } from "./inputs.ts";
import type { CargoProject, PlannedCrate, PlannedGitSource, PlannedInputs } from "./plan.ts";
import { directoryOf, innerPath } from "./project-path.ts";
import type { ResolutionIndex } from "./resolution-index.ts";
import type { SourceTable } from "./source-table.ts";
import { storeName } from "./store-name.ts";

/** A crate or workspace of the project with everything that its Cargo.lock may ask for. */
export function planCargoProject(root: ResolvedRoot, index: ResolutionIndex, sources: SourceTable): CargoProject {
  const directory = innerPath(directoryOf(workspaceOf(root)), root.id);
  const packages = index.packagesOf("cargo").filter((package_) => isIn(package_, index, "run"));
  return {
    kind: "cargo",
    pname: storeName(root.name ?? (directory === "" ? "cargo" : directory)),
    version: storeName(root.version ?? "0"),
    directory,
    crates: planCrates(packages, sources),
    gitSources: planGitSources(packages),
    inputs: withoutCompiler(inputsOf(index, [root.id, ...packages.map(({ id }) => id)])),
    meta: {},
  };
}

/** The manifest of the workspace that a crate of the project belongs to; its own when it is alone. */
export function workspaceOf(root: ResolvedRoot): string {
  return textOf(root.details, "workspace") ?? root.file;
}

/** The compiler is where the builder puts it. */
export function withoutCompiler(inputs: PlannedInputs): PlannedInputs {
  return { ...inputs, native: inputs.native.filter((attribute) => attribute !== "cargo" && attribute !== "rustc") };
}

/** The crates of a vendor directory; folders of the project itself are not among them. */
export function planCrates(packages: readonly ResolvedPackage[], sources: SourceTable): readonly PlannedCrate[] {
  return packages.flatMap((package_) => {
    const [artifact] = package_.artifacts;
    if (artifact === undefined) return [];
    const source = sources.add(package_, artifact);
    const { name, version } = package_;
    if (!/^[A-Za-z0-9_-]+$/.test(name) || !/^[A-Za-z0-9.+-]+$/.test(version)) {
      throw new EnkiError("invalid-lock", `${package_.id} has a name or version that cargo does not allow`);
    }
    if (sources.isCheckout(source)) {
      const subdirectory = innerPath(textOf(package_.details, "directory") ?? "", package_.id);
      return [{ name, version, source, ...(subdirectory === "" ? {} : { subdirectory }) }];
    }
    return [{ name, version, source, checksum: sources.sha256Of(source) ?? checksumOf(package_) }];
  });
}

/** Every Git source once; cargo looks each up by URL and reference. */
export function planGitSources(packages: readonly ResolvedPackage[]): readonly PlannedGitSource[] {
  const found = new Map<string, PlannedGitSource>();
  for (const package_ of packages) {
    const source = textOf(package_.details, "source");
    if (source?.startsWith("git+") !== true) continue;
    const url = new URL(source.slice("git+".length));
    const [reference] = [...url.searchParams].filter(([key]) => ["branch", "tag", "rev"].includes(key));
    url.hash = "";
    url.search = "";
    const key = `${url.href} ${reference?.join("=") ?? ""}`;
    found.set(key, { url: url.href, ...(reference === undefined ? {} : { reference }) });
  }
  return [...found.values()];
}

function isIn(package_: ResolvedPackage, index: ResolutionIndex, environment: string): boolean {
  const instances = index.instancesOf(package_.id);
  return (
    instances.length === 0 ||
    instances.some((instance) => !instance.environment.startsWith("build:") || environment !== "run")
  );
}

function checksumOf(package_: ResolvedPackage): string {
  return textOf(package_.details, "checksum") ?? "";
}
