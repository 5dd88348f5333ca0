import { EnkiError } from "../../model/enki-error.ts";
import type { JsonObject, JsonValue } from "../../model/json.ts";
import type { SystemName } from "../../model/target.ts";
import type { FilterResult, VariableLookup } from "./filter.ts";

/**
 * The global variables under which every filter is evaluated. It is explicit and recorded in the lock: nothing of the
 * machine that resolves leaks into the answer. A variable that is absent is undefined.
 */
export type OpamEnvironment = ReadonlyMap<string, string>;

/** The variables that hold for one package while its formulas are evaluated. */
export interface PackageScope {
  readonly name: string;
  readonly version: string;
  /** Whether the package comes from the project itself: then `dev` and `pinned` are true. */
  readonly isPinned: boolean;
  /** `with-test`, `with-doc`, `with-dev-setup`: true only for packages that the user named. */
  readonly wanted: ReadonlySet<string>;
}

const architectures: ReadonlyMap<string, string> = new Map([
  ["x86_64", "x86_64"],
  ["aarch64", "arm64"],
  ["i686", "x86_32"],
  ["armv7l", "arm32"],
  ["armv6l", "arm32"],
  ["powerpc64le", "ppc64"],
  ["riscv64", "riscv64"],
  ["s390x", "s390x"],
]);

const operatingSystems: ReadonlyMap<string, string> = new Map([
  ["linux", "linux"],
  ["darwin", "macos"],
  ["freebsd", "freebsd"],
  ["openbsd", "openbsd"],
]);

/** The opam release whose rules Enki follows; what `opam-version` says. */
const modelledOpamVersion = "2.6.1";

/** Settings whose names are those of opam's variables. */
export const variableSettings: readonly string[] = [
  "os",
  "arch",
  "os-distribution",
  "os-family",
  "os-version",
  "opam-version",
  "sys-ocaml-version",
];

/** The flags of a request: which parts of the packages that the user named are wanted too. */
export const requestFlags: readonly string[] = ["with-test", "with-doc", "with-dev-setup"];

/** The values that settings give to opam's variables. Throws an EnkiError with the code `invalid-configuration`. */
export function variablesOf(settings: ReadonlyMap<string, JsonValue>): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  for (const name of variableSettings) {
    const value = settings.get(name);
    if (value === undefined) continue;
    if (typeof value !== "string" && typeof value !== "number") {
      throw new EnkiError("invalid-configuration", `the opam setting ${name} must be a text`);
    }
    variables.set(name, String(value));
  }
  return variables;
}

/**
 * The environment of a target: system packages come from nixpkgs, so the distribution is `nixos`, unless `variables`
 * say otherwise.
 */
export function environmentOf(system: SystemName, variables: ReadonlyMap<string, string>): OpamEnvironment {
  const dash = system.indexOf("-");
  const architecture = architectures.get(system.slice(0, dash));
  const operatingSystem = operatingSystems.get(system.slice(dash + 1));
  if (architecture === undefined || operatingSystem === undefined) {
    throw new EnkiError("unsupported", `opam packages cannot be resolved for the system ${system}`);
  }
  return new Map<string, string>([
    ["arch", architecture],
    ["os", operatingSystem],
    ["os-distribution", "nixos"],
    ["os-family", "nixos"],
    ["opam-version", modelledOpamVersion],
    ...variables,
  ]);
}

/** The request flags that the settings turn on. */
export function wantedFlags(settings: ReadonlyMap<string, JsonValue>): ReadonlySet<string> {
  return new Set(requestFlags.filter((flag) => settings.get(flag) === true));
}

/** An environment as it stands in the lock. */
export function environmentRecord(environment: OpamEnvironment): JsonObject {
  return Object.fromEntries([...environment].toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

/**
 * The variables of a `depends` formula: the globals, the package's own name and version, and the flags. Variables of
 * other packages have no value before the solve.
 */
export function dependencyVariables(environment: OpamEnvironment, scope: PackageScope): VariableLookup {
  return (name) => {
    switch (name) {
      case "build":
      case "post":
        return true;
      case "dev":
      case "pinned":
        return scope.isPinned;
      case "with-test":
      case "with-doc":
      case "with-dev-setup":
        return scope.wanted.has(name);
      default:
        return packageVariable(environment, scope, name);
    }
  };
}

/** The variables of `conflicts`, `available` and `depexts`: the globals and the package's own name and version. */
export function globalVariables(
  environment: OpamEnvironment,
  scope: Pick<PackageScope, "name" | "version">,
): VariableLookup {
  return (name) => packageVariable(environment, scope, name);
}

function packageVariable(
  environment: OpamEnvironment,
  scope: Pick<PackageScope, "name" | "version">,
  name: string,
): FilterResult {
  switch (name) {
    case "name":
    case "_:name":
      return scope.name;
    case "version":
    case "_:version":
      return scope.version;
    default:
      return environment.get(name);
  }
}
