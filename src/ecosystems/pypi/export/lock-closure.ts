/** What a root needs, read from a resolution alone: the closure of its requirements on every target. */
import { posix } from "node:path";
import type { JsonObject, JsonValue } from "../../../model/json.ts";
import { compareBytewise } from "../../../model/order.ts";
import type { EnvironmentId } from "../../../model/requirement.ts";
import type { PackageId, Resolution, ResolvedPackage, ResolvedRoot } from "../../../model/resolution.ts";
import { evaluateMarker } from "../pep/marker-evaluation.ts";
import { normaliseName } from "../pep/names.ts";
import { parseRequirement, type PypiRequirement } from "../pep/requirement.ts";
import { parseVersion } from "../pep/version.ts";
import { environmentOfPython, fullVersion, isOtherPython, otherPythons } from "../python-view.ts";
import { object, objects, text, texts } from "../json-fields.ts";
import { defaultPython, markerVariables } from "../target-environment.ts";

/** One use of a project: its base requirements, one of its extras, or one of its groups. */
export interface RootUse {
  readonly kind: "base" | "extra" | "group";
  readonly name: string;
}

/** One target of the lock. */
export interface LockTarget {
  readonly system: string;
  readonly pythonText: string;
  readonly variables: ReadonlyMap<string, string>;
  /** The environment of a Python besides the service's own. */
  readonly python: EnvironmentId | undefined;
}

/** The targets of a resolution: its systems with the service's own Python, then with the others that it is for. */
export function lockTargets(resolution: Resolution): readonly LockTarget[] {
  const asked = new Set(resolution.roots.flatMap(({ details }) => texts(details["pythons"])));
  return resolution.targets.flatMap(({ system, tools }) => {
    const python = tools["python"];
    const own = typeof python === "string" ? python : (versionOfTool(python) ?? defaultPython);
    const others = otherPythons([...asked], own).map((other) => ({ text: fullVersion(other), of: other }));
    return [{ text: own, of: undefined }, ...others].map(({ text: pythonText, of }) => ({
      system,
      pythonText,
      variables: variablesOf(system, pythonText),
      python: of === undefined ? undefined : environmentOfPython(of),
    }));
  });
}

/** The details of a package on one system: where targets differ, the lock keeps those of each (`bySystem`). */
export function detailsOn({ details }: ResolvedPackage, system: string): JsonObject {
  const own = object(object(details["bySystem"])[system]);
  return Object.keys(own).length === 0 ? details : own;
}

/** Whether what is in this environment is installed on the target. */
export function isOnTarget(environment: EnvironmentId, target: LockTarget): boolean {
  return target.python === undefined ? !isOtherPython(environment) : environment === target.python;
}

function variablesOf(system: string, pythonText: string): ReadonlyMap<string, string> {
  const parsed = parseVersion(pythonText) ?? parseVersion(defaultPython);
  if (parsed === undefined) throw new TypeError(`not a version: ${pythonText}`);
  return markerVariables(system, pythonText, parsed);
}

function versionOfTool(tool: JsonValue | undefined): string | undefined {
  const version = object(tool)["version"];
  return typeof version === "string" ? version : undefined;
}

/** The packages that a use of a root needs on a target, with the extras that it asks of them. */
export function closureOf(
  resolution: Resolution,
  root: ResolvedRoot,
  use: RootUse,
  target: LockTarget,
): ReadonlyMap<PackageId, ReadonlySet<string>> {
  const walk = new Closure(resolution, root, target);
  for (const one of rootRequirements(root, use)) walk.follow(root.id, one);
  return walk.packages;
}

/** The requirements of one use of a root. */
function rootRequirements(root: ResolvedRoot, use: RootUse): readonly PypiRequirement[] {
  return objects(root.details["requirements"]).flatMap((details) => {
    const kind = "extra" in details ? "extra" : "group" in details ? "group" : "base";
    const name = kind === "base" ? "" : details[kind];
    if (kind !== use.kind || name !== use.name) return [];
    const parsed = parseRequirement(text(details["requirement"]));
    return parsed.ok ? [parsed.value] : [];
  });
}

/** Orders packages by name, then by version. */
export function compareLocked(left: ResolvedPackage, right: ResolvedPackage): number {
  return compareBytewise(left.name, right.name) || compareBytewise(left.version, right.version);
}

/** A path of the lock, which is relative to the project, seen from the directory of a root; URLs stay as they are. */
export function seenFrom(root: ResolvedRoot, place: string): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(place) || posix.isAbsolute(place)) return place;
  const found = posix.relative(posix.dirname(root.file), place);
  return found.startsWith("../") ? found : `./${found}`;
}

/** Every use of a root: the base, its extras, its groups. */
export function usesOf(root: ResolvedRoot): readonly RootUse[] {
  return [
    { kind: "base", name: "" },
    ...texts(root.details["extras"]).map((name) => ({ kind: "extra" as const, name })),
    ...texts(root.details["groups"]).map((name) => ({ kind: "group" as const, name })),
  ];
}

class Closure {
  readonly packages = new Map<PackageId, Set<string>>();
  readonly #target: LockTarget;
  readonly #byId: ReadonlyMap<PackageId, ResolvedPackage>;
  /** From a package to the packages that its edges lead to, by name, outside of build environments. */
  readonly #edges = new Map<PackageId, Map<string, PackageId>>();
  readonly #overrides: ReadonlyMap<string, readonly PypiRequirement[]>;

  constructor(resolution: Resolution, root: ResolvedRoot, target: LockTarget) {
    this.#target = target;
    this.#byId = new Map(resolution.packages.map((one) => [one.id, one]));
    for (const edge of resolution.edges) {
      if (edge.environment.startsWith("build:") || !isOnTarget(edge.environment, target)) continue;
      if (edge.systems?.includes(target.system) === false) continue;
      const to = this.#byId.get(edge.to);
      if (to?.ecosystem !== root.ecosystem) continue;
      let names = this.#edges.get(edge.from);
      if (names === undefined) this.#edges.set(edge.from, (names = new Map()));
      names.set(to.name, to.id);
    }
    const overrides = new Map<string, PypiRequirement[]>();
    for (const override of texts(root.details["overrides"])) {
      const parsed = parseRequirement(override);
      if (!parsed.ok) continue;
      overrides.set(parsed.value.name, [...(overrides.get(parsed.value.name) ?? []), parsed.value]);
    }
    this.#overrides = overrides;
  }

  follow(from: PackageId, requirement: PypiRequirement, extra = ""): void {
    const variables = extra === "" ? this.#target.variables : new Map([...this.#target.variables, ["extra", extra]]);
    const { marker } = requirement;
    if (marker !== undefined && evaluateMarker(marker, { variables }) !== true) return;
    const to = this.#edges.get(from)?.get(requirement.name);
    const package_ = to === undefined ? undefined : this.#byId.get(to);
    if (package_ === undefined) return;
    const overridden = (this.#overrides.get(requirement.name) ?? []).flatMap(({ extras }) => extras);
    for (const asked of [undefined, ...requirement.extras, ...overridden]) this.#visit(package_, asked);
  }

  #visit(package_: ResolvedPackage, extra: string | undefined): void {
    const known = this.packages.get(package_.id);
    if (known !== undefined && (extra === undefined || known.has(extra))) return;
    const extras = known ?? new Set<string>();
    if (extra !== undefined) extras.add(extra);
    this.packages.set(package_.id, extras);
    for (const written of texts(detailsOn(package_, this.#target.system)["requiresDist"])) {
      const parsed = parseRequirement(written.trim());
      if (parsed.ok) this.follow(package_.id, parsed.value, extra === undefined ? "" : normaliseName(extra));
    }
  }
}
