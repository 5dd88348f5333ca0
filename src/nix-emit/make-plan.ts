import { compareBytewise } from "../model/order.ts";
import type { Resolution, ResolvedRoot } from "../model/resolution.ts";
import { textOf } from "./details.ts";
import { attributeOf } from "./inputs.ts";
import { planCargoProject, workspaceOf } from "./plan-cargo.ts";
import { isTableOfCrates, planCargoPrograms, planProgramsOf } from "./plan-cargo-programs.ts";
import { planNpmProject } from "./plan-npm.ts";
import { planOpamPackage, planOpamProject } from "./plan-opam.ts";
import { planDistribution, planPypiProject } from "./plan-pypi.ts";
import type { Plan, PlannedInputs, PlannedProject } from "./plan.ts";
import { directoryOf } from "./project-path.ts";
import { ResolutionIndex } from "./resolution-index.ts";
import { SourceTable } from "./source-table.ts";
import { storeName } from "./store-name.ts";

/** What a plan depends on besides the lock's content. */
export interface PlanOptions {
  /** Lower-case hexadecimal SHA-256 of the lock file's bytes. */
  readonly lockSha256: string;
  /** npm packages whose install scripts are run. */
  readonly builtPackages: readonly string[];
  readonly allowInsecureUrls: boolean;
}

/** Decides everything that the emitted Nix needs, from the lock alone. Throws an EnkiError for what can't be emitted. */
export function makePlan(resolution: Resolution, options: PlanOptions): Plan {
  const index = new ResolutionIndex(resolution);
  const sources = new SourceTable(options);
  const built = new Set(options.builtPackages);
  const projects = planProjects(index, sources, built);
  const distributions = new Map(
    index.packagesOf("pypi").map((one) => [one.id, planDistribution(one, index, sources)] as const),
  );
  const opam = new Map(index.packagesOf("opam").map((one) => [one.id, planOpamPackage(one, index, sources)] as const));
  const programs = new Map(
    index
      .roots()
      .filter(isTableOfCrates)
      .flatMap((root) => planProgramsOf(root, index, sources))
      .map((one) => [one.id, one] as const),
  );
  const toolchains = toolchainsOf(index, projects);
  const inputs: readonly PlannedInputs[] = [
    ...[...projects.values()].flatMap((project) => ("inputs" in project ? [project.inputs] : [])),
    ...[...distributions.values()].map((one) => one.inputs),
    ...[...opam.values()].map((one) => one.inputs),
    ...[...programs.values()].map((one) => one.inputs),
  ];
  const attributes = new Set(inputs.flatMap(({ native, link }) => [...native, ...link]));
  for (const { crates } of distributions.values()) {
    if (crates.length > 0) for (const tool of ["cargo", "rustc"]) attributes.add(tool);
  }
  if (programs.size > 0) for (const tool of ["cargo", "rustc"]) attributes.add(tool);
  const named = index.packagesOf("nix").map(({ details }) => textOf(details, "release"))[0];
  // Only a numbered release can be compared with the nixpkgs that evaluates the files.
  const release = named !== undefined && /-\d\d\.\d\d$/.test(named) ? named : undefined;
  return {
    schema: 1,
    lockSha256: options.lockSha256,
    ...(release === undefined ? {} : { nixpkgs: { release } }),
    systems: index.systems,
    toolchains,
    attributes: [...attributes].toSorted(compareBytewise),
    sources: sources.entries(),
    distributions,
    opam,
    programs,
    projects,
  };
}

function planProjects(
  index: ResolutionIndex,
  sources: SourceTable,
  built: ReadonlySet<string>,
): ReadonlyMap<string, PlannedProject> {
  const projects = new Map<string, PlannedProject>();
  for (const root of index.roots()) {
    // The members of a workspace are built together.
    if (root.ecosystem === "cargo" && !isFirstOfWorkspace(root, index)) continue;
    const project = planProject(root, index, sources, built);
    if (project !== undefined) projects.set(projectName(root, projects), project);
  }
  return projects;
}

function isFirstOfWorkspace(root: ResolvedRoot, index: ResolutionIndex): boolean {
  const workspace = workspaceOf(root);
  const members = index.roots().filter((one) => one.ecosystem === "cargo" && workspaceOf(one) === workspace);
  return (members.find(({ file }) => file === workspace) ?? members[0]) === root;
}

function planProject(
  root: ResolvedRoot,
  index: ResolutionIndex,
  sources: SourceTable,
  built: ReadonlySet<string>,
): PlannedProject | undefined {
  switch (root.ecosystem) {
    case "npm":
      return planNpmProject(root, index, sources, built);
    case "cargo":
      return isTableOfCrates(root) ? planCargoPrograms(root, index) : planCargoProject(root, index, sources);
    case "pypi":
      return planPypiProject(root, index);
    case "opam":
      return planOpamProject(root, index);
    default:
      return undefined;
  }
}

/**
 * `web` for web/package.json, the manifest's own name at the top, the ecosystem for a table of enki.toml; with the
 * ecosystem behind it where that is taken.
 */
function projectName(root: ResolvedRoot, taken: ReadonlyMap<string, unknown>): string {
  const { ecosystem } = root;
  const isTable = root.file.endsWith(`#${ecosystem}`);
  const directory = directoryOf(root.file).replaceAll("/", "-");
  const name = storeName(directory !== "" ? directory : isTable ? ecosystem : (root.name ?? ecosystem));
  for (const candidate of [name, `${name}-${ecosystem}`]) {
    if (!taken.has(candidate) && candidate !== "default") return candidate;
  }
  return storeName(`${name} ${root.id} ${ecosystem}`);
}

const toolOfKind: ReadonlyMap<PlannedProject["kind"], readonly [tool: string, attribute: string]> = new Map([
  ["npm", ["node", "nodejs"]],
  ["pypi", ["python", "python3"]],
  ["opam", ["ocaml", "ocaml"]],
  ["cargo", ["rustc", "rustc"]],
  ["cargo-programs", ["rustc", "rustc"]],
]);

/** Toolchains that the solution chose; the release's default for a project whose toolchain nothing constrained. */
function toolchainsOf(
  index: ResolutionIndex,
  projects: ReadonlyMap<string, PlannedProject>,
): ReadonlyMap<string, string> {
  const toolchains = new Map<string, string>();
  for (const package_ of index.packagesOf("nix")) {
    const tool = textOf(package_.details, "tool");
    // The C compiler is part of stdenv.
    if (tool !== undefined && tool !== "cc") toolchains.set(tool, attributeOf(package_));
  }
  for (const project of projects.values()) {
    const [tool, attribute] = toolOfKind.get(project.kind) ?? ["", ""];
    if (!toolchains.has(tool)) toolchains.set(tool, attribute);
    // node-gyp is a program of Python.
    const hasScripts = project.kind === "npm" && project.nodes.some(({ isBuilt }) => isBuilt === true);
    if (hasScripts && !toolchains.has("python")) toolchains.set("python", "python3");
  }
  return new Map([...toolchains].toSorted(([left], [right]) => compareBytewise(left, right)));
}
