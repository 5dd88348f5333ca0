/** The packages of one problem as one Python sees them: its markers, its wheels, and what it is required to have. */
import type { SourceContext } from "../ecosystem.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { EnvironmentId } from "../../model/requirement.ts";
import { EnkiError } from "../../model/enki-error.ts";
import { documentOf } from "./manifest/pypi-document.ts";
import { openProjects } from "./open-projects.ts";
import { parseSpecifierSet, specifierSetAdmits } from "./pep/specifier.ts";
import type { Projects } from "./projects.ts";
import { PythonCheck } from "./python-requirement.ts";
import { RootFacts } from "./root-facts.ts";
import type { PypiSettings } from "./settings.ts";
import { TargetEnvironment } from "./target-environment.ts";

/** What environments of other Pythons are called: `python:3.9`. */
const PREFIX = "python:";

/** The environment of a Python besides the service's own. */
export function environmentOfPython(python: string): EnvironmentId {
  return `${PREFIX}${python}`;
}

/** Whether an environment is that of a Python besides the service's own. */
export function isOtherPython(environment: EnvironmentId): boolean {
  return environment.startsWith(PREFIX);
}

/** The Python that an environment is named after. */
export function pythonOf(environment: EnvironmentId): string {
  return environment.slice(PREFIX.length);
}

/** One Python of a problem. */
export class PythonView {
  /** The environment of its packages; the service's own Python has several (`run`, `dev`, `build:…`). */
  readonly id: EnvironmentId | undefined;
  readonly settings: PypiSettings;
  readonly environment: TargetEnvironment;
  readonly python: PythonCheck;
  readonly roots: RootFacts;
  readonly projects: Projects;

  /** The projects of `main` are shared where this is another Python. */
  constructor(
    context: SourceContext,
    manifests: readonly Manifest[],
    settings: PypiSettings,
    other?: { readonly python: string; readonly main: PythonView },
  ) {
    const { python, main } = other ?? {};
    this.id = python === undefined ? undefined : environmentOfPython(python);
    // Another Python installs what the service's own builds, so nothing is built for it here.
    this.settings = python === undefined ? settings : { ...settings, locksBuilds: false };
    const own = new TargetEnvironment(context.target, settings.platform);
    this.environment = python === undefined ? own : own.withPython(fullVersion(python));
    this.python = new PythonCheck(this.environment.python, settings.checksUpperBounds);
    this.roots = new RootFacts(manifests, this.settings, this.environment);
    if (python !== undefined) refuseExcluded(python, this.environment, manifests);
    this.projects = openProjects({
      context,
      manifests,
      settings: this.settings,
      environment: this.environment,
      python: this.python,
      roots: this.roots,
      shared: main?.projects,
    });
  }
}

/** All Pythons of a problem: the service's own first, then the others that locks are for. */
export class PythonViews {
  readonly all: readonly [PythonView, ...PythonView[]];

  constructor(context: SourceContext, manifests: readonly Manifest[], settings: PypiSettings) {
    const main = new PythonView(context, manifests, settings);
    const others = otherPythons(settings.pythons, main.environment.pythonText);
    this.all = [main, ...others.map((python) => new PythonView(context, manifests, settings, { python, main }))];
  }

  /** The service's own. */
  get main(): PythonView {
    return this.all[0];
  }

  /** The Python whose packages are in an environment. */
  of(environment: EnvironmentId): PythonView {
    return isOtherPython(environment) ? (this.all.find(({ id }) => id === environment) ?? this.main) : this.main;
  }

  /** How late the packages of an environment are decided: the service's own Python first, then as the others follow. */
  rank(environment: EnvironmentId): number {
    return isOtherPython(environment) ? this.all.findIndex(({ id }) => id === environment) : 0;
  }
}

/**
 * The Pythons of the list that are not the service's own, which needs no environment of its own. The newest one comes
 * first: what it selects an older one can often have too, and it must not be held back by an older one's choice.
 */
export function otherPythons(pythons: readonly string[], own: string): readonly string[] {
  return pythons
    .filter((python) => minorOf(python) !== minorOf(own))
    .toSorted((left, right) => right.localeCompare(left, "en", { numeric: true }));
}

function minorOf(python: string): string {
  return python.split(".").slice(0, 2).join(".");
}

/** `3.9` means the first of its patches, which fulfils what every later one does but for lower bounds on patches. */
export function fullVersion(python: string): string {
  return /^[0-9]+\.[0-9]+$/.test(python) ? `${python}.0` : python;
}

/** A lock can't be for a Python that the project itself excludes. */
function refuseExcluded(python: string, { python: version }: TargetEnvironment, manifests: readonly Manifest[]): void {
  for (const manifest of manifests) {
    const { requiresPython } = documentOf(manifest);
    const parsed = requiresPython === undefined ? undefined : parseSpecifierSet(requiresPython.text);
    if (requiresPython === undefined || parsed?.ok !== true || specifierSetAdmits(parsed.value, version)) continue;
    throw new EnkiError(
      "invalid-configuration",
      `pypi.pythons names ${python}, which requires-python ${requiresPython.text} of ${manifest.file} excludes`,
    );
  }
}
