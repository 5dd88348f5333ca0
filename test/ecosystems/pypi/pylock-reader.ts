/** Reads a pylock.toml as an installer does, and checks what it would install against the projects of an index. */
import { evaluateMarker } from "../../../src/ecosystems/pypi/pep/marker-evaluation.ts";
import { parseMarker, type Marker } from "../../../src/ecosystems/pypi/pep/marker.ts";
import { parseRequirement } from "../../../src/ecosystems/pypi/pep/requirement.ts";
import { specifierSetAdmits } from "../../../src/ecosystems/pypi/pep/specifier.ts";
import { parseVersion } from "../../../src/ecosystems/pypi/pep/version.ts";
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

interface Lock {
  readonly environments?: readonly string[];
  readonly packages?: readonly { readonly name: string; readonly version: string; readonly marker?: string }[];
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

function markerOf(text: string): Marker {
  const parsed = parseMarker(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.problem.message}`);
  return parsed.value;
}

/** Name to version of what is installed. Throws where the lock is not for the place, or holds two versions of a name. */
export function readPylock(text: string, place: Installation): Readonly<Record<string, string>> {
  const { document } = parseTomlDocument("pylock.toml", text);
  const { environments, packages = [] } = JSON.parse(JSON.stringify(document?.value)) as Lock;
  const asked = {
    variables: variablesOf(place),
    extras: new Set(place.extras),
    dependencyGroups: new Set(place.groups),
  };
  const holds = (marker: string): boolean => evaluateMarker(markerOf(marker), asked) === true;
  if (environments !== undefined && environments.filter(holds).length !== 1) {
    throw new Error(`not for python ${place.python} on ${place.system}: ${environments.join(", ")}`);
  }
  const chosen = packages.filter(({ marker }) => marker === undefined || holds(marker));
  if (new Set(chosen.map(({ name }) => name)).size !== chosen.length) throw new Error("two versions of one name");
  return Object.fromEntries(chosen.map(({ name, version }) => [name, version]));
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
