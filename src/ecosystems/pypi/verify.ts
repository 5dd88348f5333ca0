/** The independent check of a resolution's PyPI half: from the lock's facts alone, with no code of the source or the solver. */
import type { JsonObject } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { Instance, PackageId, Resolution, ResolvedPackage, Violation } from "../../model/resolution.ts";
import { detailsOn, isOnTarget, lockTargets, type LockTarget } from "./export/lock-closure.ts";
import { object, objects, text, texts } from "./json-fields.ts";
import { documentOf } from "./manifest/pypi-document.ts";
import { parseWheelName } from "./pep/file-name.ts";
import { evaluateMarker } from "./pep/marker-evaluation.ts";
import { parseRequirement, specifierSetText, type PypiRequirement } from "./pep/requirement.ts";
import { parseSpecifierSet, specifierSetAdmits } from "./pep/specifier.ts";
import { parseVersion } from "./pep/version.ts";
import { TargetEnvironment } from "./target-environment.ts";

/** Every requirement that does not hold on some target. */
export function verifyResolution(resolution: Resolution, manifests: readonly Manifest[]): readonly Violation[] {
  return lockTargets(resolution).flatMap((target) => new Check(resolution, manifests, target).run());
}

class Check {
  readonly #resolution: Resolution;
  readonly #manifests: readonly Manifest[];
  readonly #target: LockTarget;
  readonly #violations: Violation[] = [];
  readonly #packages: ReadonlyMap<PackageId, ResolvedPackage>;
  /** Environment to name to the one version there. */
  readonly #selected = new Map<string, Map<string, ResolvedPackage>>();
  readonly #overridden = new Set<string>();

  constructor(resolution: Resolution, manifests: readonly Manifest[], target: LockTarget) {
    this.#resolution = resolution;
    this.#manifests = manifests;
    this.#target = target;
    this.#packages = new Map(
      resolution.packages.filter(({ ecosystem }) => ecosystem === "pypi").map((one) => [one.id, one]),
    );
    for (const root of resolution.roots) {
      for (const written of texts(root.details["overrides"])) {
        const parsed = parseRequirement(written);
        if (parsed.ok) this.#overridden.add(parsed.value.name);
      }
      for (const name of texts(root.details["excludes"])) this.#overridden.add(name);
    }
  }

  run(): readonly Violation[] {
    const instances = this.#resolution.instances.filter(
      ({ package: id, systems, environment }) =>
        this.#packages.has(id) &&
        systems?.includes(this.#target.system) !== false &&
        isOnTarget(environment, this.#target),
    );
    for (const instance of instances) this.#place(instance);
    for (const instance of instances) this.#checkInstance(instance);
    for (const manifest of this.#manifests) {
      if (manifest.ecosystem === "pypi") this.#checkRoot(manifest);
    }
    return this.#violations;
  }

  /** One version of a name per environment; `dev` shares those of `run`. */
  #place(instance: Instance): void {
    const package_ = this.#packages.get(instance.package);
    if (package_ === undefined) return;
    const environment = instance.environment === "dev" ? "run" : instance.environment;
    let names = this.#selected.get(environment);
    if (names === undefined) this.#selected.set(environment, (names = new Map()));
    const other = names.get(package_.name);
    if (other !== undefined && other.id !== package_.id) {
      this.#fail(
        package_.id,
        `${environment} holds two versions of ${package_.name}: ${other.version} and ${package_.version}`,
      );
    }
    names.set(package_.name, package_);
  }

  #checkInstance(instance: Instance): void {
    const package_ = this.#packages.get(instance.package);
    if (package_ === undefined) return;
    const environment = instance.environment === "dev" ? "run" : instance.environment;
    this.#checkPython(package_);
    this.#checkFile(package_);
    for (const written of texts(this.#details(package_)["requiresDist"])) {
      const parsed = parseRequirement(written.trim());
      if (!parsed.ok) {
        this.#fail(package_.id, `the requirement ${JSON.stringify(written)} is unreadable`);
        continue;
      }
      const applies = ["", ...instance.features].some((extra) => this.#holds(parsed.value, extra));
      if (applies) this.#checkRequirement(package_.id, parsed.value, environment);
    }
    // What builds it is checked where it is built: for the service's own Python.
    const build = this.#target.python === undefined ? object(this.#details(package_)["build"]) : {};
    for (const written of texts(build["requires"])) {
      const parsed = parseRequirement(written.trim());
      if (parsed.ok && this.#holds(parsed.value, "")) {
        this.#checkRequirement(package_.id, parsed.value, `build:${package_.id}`);
      }
    }
  }

  #checkRoot(manifest: Manifest): void {
    const root = this.#resolution.roots.find(({ file }) => file === manifest.file);
    const extras = new Set(texts(root?.details["extras"]));
    const groups = new Set(texts(root?.details["groups"]));
    for (const one of documentOf(manifest).requirements) {
      if (one.extra !== undefined && !extras.has(one.extra)) continue;
      if (one.group !== undefined && !groups.has(one.group)) continue;
      if (this.#holds(one.requirement, ""))
        this.#checkRequirement(`root:${manifest.file}`, one.requirement, this.#target.python ?? "run");
    }
  }

  #checkRequirement(from: PackageId, requirement: PypiRequirement, environment: string): void {
    if (!environment.startsWith("build:") && this.#overridden.has(requirement.name)) return;
    const found = this.#selected.get(environment)?.get(requirement.name);
    const wanted = `${requirement.name}${specifierSetText(requirement.specifiers)}`;
    if (found === undefined) {
      this.#fail(from, `${wanted} is required in ${environment}, and no version of it is there`);
      return;
    }
    const version = parseVersion(found.version);
    if (version === undefined || !specifierSetAdmits(requirement.specifiers, version)) {
      this.#fail(from, `${wanted} is required in ${environment}, but ${found.version} is there`);
    }
    for (const extra of requirement.extras) {
      const hasExtra = this.#resolution.instances.some(
        (instance) => instance.package === found.id && instance.features.includes(extra),
      );
      if (!hasExtra) this.#fail(from, `${requirement.name}[${extra}] is required, and the extra is not selected`);
    }
  }

  /** The lower bound of requires-python; upper bounds are habits (docs/decisions). */
  #checkPython(package_: ResolvedPackage): void {
    const python = parseVersion(this.#target.pythonText);
    const parsed = parseSpecifierSet(text(this.#details(package_)["requiresPython"]));
    const least = parsed.ok ? parsed.value.range[0] : undefined;
    if (least !== undefined && python !== undefined && python.key < least) {
      this.#fail(
        package_.id,
        `it needs python ${text(this.#details(package_)["requiresPython"])}, and the target has ${this.#target.pythonText}`,
      );
    }
  }

  #checkFile(package_: ResolvedPackage): void {
    if (this.#target.python !== undefined) {
      this.#checkSomeFile(package_);
      return;
    }
    const name = object(this.#details(package_)["install"])[this.#target.system];
    const isListed = objects(this.#details(package_)["files"]).some((file) => file["name"] === name);
    if (!isListed) this.#fail(package_.id, `no file of it is locked for ${this.#target.system}`);
  }

  /** The lock names one file per system for the service's own Python; another one needs any that it can install. */
  #checkSomeFile(package_: ResolvedPackage): void {
    const { system, pythonText } = this.#target;
    const target = { system, tools: new Map([["python", pythonText]]) };
    const environments = [undefined, "musllinux_1_2"].map((platform) => new TargetEnvironment(target, platform));
    const fits = objects(this.#details(package_)["files"]).some((file) => {
      const wheel = parseWheelName(text(file["name"]));
      return wheel === undefined || environments.some((environment) => environment.wheelRank(wheel.tags) !== undefined);
    });
    if (!fits) this.#fail(package_.id, `none of its files is for python ${pythonText}`);
  }

  #details(package_: ResolvedPackage): JsonObject {
    return detailsOn(package_, this.#target.system);
  }

  #holds(requirement: PypiRequirement, extra: string): boolean {
    if (requirement.marker === undefined) return true;
    const variables = new Map([...this.#target.variables, ["extra", extra]]);
    return evaluateMarker(requirement.marker, { variables }) === true;
  }

  #fail(from: PackageId, message: string): void {
    const python = this.#target.python === undefined ? "" : `, python ${this.#target.pythonText}`;
    this.#violations.push({ from, message: `${message} (${this.#target.system}${python})` });
  }
}
