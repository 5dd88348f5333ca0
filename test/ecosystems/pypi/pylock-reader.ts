/** Reads a pylock.toml as an installer does, and checks what it would install against the projects of an index. */
import { evaluateMarker } from "../../../src/ecosystems/pypi/pep/marker-evaluation.ts";
import type { Marker } from "../../../src/ecosystems/pypi/pep/marker.ts";
import { parseRequirement } from "../../../src/ecosystems/pypi/pep/requirement.ts";
import { specifierSetAdmits, type SpecifierSet } from "../../../src/ecosystems/pypi/pep/specifier.ts";
import type { Tag } from "../../../src/ecosystems/pypi/pep/tag.ts";
import { parseVersion } from "../../../src/ecosystems/pypi/pep/version.ts";
import type { LockedPackage, Pylock } from "../../../src/ecosystems/pypi/pylock/pylock-document.ts";
import { readPylock } from "../../../src/ecosystems/pypi/pylock/read-pylock.ts";
import { TargetEnvironment } from "../../../src/ecosystems/pypi/target-environment.ts";
import { parseTomlDocument } from "../../../src/formats/toml.ts";
import type { MemoryProjects } from "./memory-index.ts";

/** Where a lock is installed. */
export interface Installation {
  /** `3.9` */
  readonly python: string;
  readonly system: string;
  readonly extras?: readonly string[];
  readonly groups?: readonly string[];
}

function variablesOf({ python, system }: Installation): Map<string, string> {
  const [machine = "", kernel = ""] = system.split("-");
  const isMac = kernel === "darwin";
  const isWindows = kernel === "windows";
  return new Map([
    ["sys_platform", isWindows ? "win32" : kernel],
    ["platform_system", isWindows ? "Windows" : isMac ? "Darwin" : "Linux"],
    ["os_name", isWindows ? "nt" : "posix"],
    ["platform_machine", isMac && machine === "aarch64" ? "arm64" : isWindows ? "AMD64" : machine],
    ["python_version", python],
    ["python_full_version", `${python}.0`],
    ["implementation_version", `${python}.0`],
    ["implementation_name", "cpython"],
    ["platform_python_implementation", "CPython"],
    ["platform_release", ""],
    ["platform_version", ""],
    ["extra", ""],
  ]);
}

/** What an installer is for. */
export interface Asked {
  readonly variables: ReadonlyMap<string, string>;
  /** Extras to install; none when absent. */
  readonly extras?: readonly string[] | undefined;
  /** Groups to install; the default ones of the lock when absent. */
  readonly groups?: readonly string[] | undefined;
  /** The place of a wheel's best tag, lower being better; `undefined` where it can't be installed. */
  rank(tags: readonly Tag[]): number | undefined;
  /** Whether a package is built where it can be. */
  prefersSdist?(name: string): boolean;
}

/** What is installed of one package. */
export interface Installed {
  readonly package: LockedPackage;
  readonly from: "vcs" | "directory" | "archive" | "sdist" | "wheel";
}

/** What an installer takes from a lock (PEP 751, "Installation"). Throws where the lock is not for what is asked. */
export function select(lock: Pylock, asked: Asked): readonly Installed[] {
  const { variables } = asked;
  const environment = {
    variables,
    extras: new Set(asked.extras),
    dependencyGroups: new Set(asked.groups ?? lock.defaultGroups),
  };
  const holds = (marker: Marker): boolean => evaluateMarker(marker, environment) === true;
  const python = parseVersion(variables.get("python_full_version") ?? "");
  const admits = (set: SpecifierSet | undefined): boolean =>
    set === undefined || (python !== undefined && specifierSetAdmits(set, python));
  if (!admits(lock.requiresPython)) throw new Error("not for this Python");
  if (lock.environments !== undefined && !lock.environments.some(holds)) throw new Error("not for this environment");
  const chosen = lock.packages.filter(({ marker }) => marker === undefined || holds(marker));
  const unfit = chosen.find(({ requiresPython }) => !admits(requiresPython));
  if (unfit !== undefined) throw new Error(`${unfit.name} is not for this Python`);
  if (new Set(chosen.map(({ name }) => name)).size !== chosen.length) throw new Error("two versions of one name");
  return chosen.map((package_): Installed => {
    const { name, source, sdist, wheels } = package_;
    if (source !== undefined) return { package: package_, from: source.kind };
    if (sdist !== undefined && asked.prefersSdist?.(name) === true) return { package: package_, from: "sdist" };
    if (wheels.some(({ wheel }) => asked.rank(wheel.tags) !== undefined)) return { package: package_, from: "wheel" };
    if (sdist === undefined) throw new Error(`no file of ${name} fits`);
    return { package: package_, from: "sdist" };
  });
}

/** Reads the text of a lock, which must not break a rule of the format. */
export function lockOf(text: string): Pylock {
  const { document } = parseTomlDocument("pylock.toml", text);
  return readPylock(document?.value);
}

/** Name to version of what is installed at a place. Throws where the lock is not for it. */
export function installedFrom(text: string, place: Installation): Readonly<Record<string, string>> {
  const lock = lockOf(text);
  const target = { system: place.system, tools: new Map([["python", `${place.python}.0`]]) };
  const environments = [undefined, "musllinux_1_2"].map((platform) => new TargetEnvironment(target, platform));
  const asked: Asked = {
    variables: variablesOf(place),
    extras: place.extras,
    groups: place.groups,
    rank: (tags) => environments.map((one) => one.wheelRank(tags)).find((rank) => rank !== undefined),
  };
  const exact = lock.environments?.filter((marker) => evaluateMarker(marker, { variables: asked.variables }) === true);
  if (exact?.length !== 1) throw new Error(`not for exactly one environment: ${place.python} on ${place.system}`);
  return Object.fromEntries(select(lock, asked).map(({ package: { name, version } }) => [name, version?.text ?? ""]));
}

/** What is wrong with an installation: requirements that do not hold, and packages that nothing requires. */
export function problemsOf(
  installed: Readonly<Record<string, string>>,
  requires: readonly string[],
  projects: MemoryProjects,
  place: Installation,
): readonly string[] {
  const problems: string[] = [];
  const used = new Set<string>();
  const seen = new Set<string>();
  const check = (from: string, text: string, extra: string): void => {
    const parsed = parseRequirement(text);
    if (!parsed.ok) throw new Error(text);
    const { name, extras, specifiers, marker } = parsed.value;
    const variables = variablesOf(place).set("extra", extra);
    if (marker !== undefined && evaluateMarker(marker, { variables }) !== true) return;
    used.add(name);
    const version = parseVersion(installed[name] ?? "");
    if (version === undefined || !specifierSetAdmits(specifiers, version)) {
      problems.push(`${from} requires ${text}, and ${installed[name] ?? "nothing"} is there`);
      return;
    }
    const facts = [...(projects.get(name) ?? [])].find(([one]) => parseVersion(one)?.key === version.key)?.[1];
    for (const use of ["", ...extras]) {
      if (seen.has(`${name} ${use}`)) continue;
      seen.add(`${name} ${use}`);
      const list = use === "" ? facts?.requires : facts?.extras?.[use];
      for (const next of list ?? []) check(`${name} ${version.text}`, next, use);
    }
  };
  for (const text of requires) check("the root", text, "");
  for (const name of Object.keys(installed)) if (!used.has(name)) problems.push(`nothing requires ${name}`);
  return problems;
}
