/** What a source distribution needs from outside of PyPI: the table `[external]` of its pyproject.toml (PEP 725, a draft). */
import type { EdgeKind, EnvironmentId, ForeignRequirement } from "../../model/requirement.ts";
import type { PackageId } from "../../model/resolution.ts";
import { parseMarker, type Marker } from "./pep/marker.ts";

/** One line of `[external]`, as written. */
export interface ExternalLine {
  /** `dep:generic/openssl@>=3; sys_platform == "linux"` */
  readonly text: string;
  /** A tool of the build, something that is built against, or something that is needed at run time. */
  readonly role: "build" | "host" | "run";
}

/** The keys of `[external]` that hold whatever is asked for; its optional ones have no way to be asked for yet. */
const keys = [
  ["build-requires", "build"],
  ["host-requires", "host"],
  ["dependencies", "run"],
] as const;

/** The lines of a table `[external]`; what is not a text is left out. */
export function readExternal(external: Readonly<Record<string, unknown>> | undefined): readonly ExternalLine[] {
  return keys.flatMap(([key, role]) => {
    const value = external?.[key];
    const texts = Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
    return texts.map((text) => ({ text, role }));
  });
}

/** Package URLs of these types name a package of an ecosystem; all others are the affair of nixpkgs' name table. */
const registries: ReadonlyMap<string, (version: string) => string> = new Map([
  ["cargo", (version) => `=${version}`],
  ["npm", (version) => version],
  ["opam", (version) => `= ${version}`],
  ["pypi", (version) => `==${version}`],
]);

const kinds: Readonly<Record<ExternalLine["role"], EdgeKind>> = { build: "build", host: "link", run: "runtime" };

/** The requirement that a line means for the package `id`, or `undefined` where its marker does not hold. */
export function externalRequirement(
  { text, role }: ExternalLine,
  id: PackageId,
  holds: (marker: Marker | undefined) => boolean | undefined,
): ForeignRequirement | undefined {
  const [identifier, condition] = splitOnce(text, ";");
  const marker = condition === undefined ? undefined : parseMarker(condition);
  // A marker that nobody can read does not make a dependency vanish.
  if (marker?.ok === true && holds(marker.value) === false) return undefined;
  const environment: EnvironmentId = role === "run" ? "run" : `build:${id}`;
  const why = `[external] of ${id.slice("pypi:".length).replace("@", " ")} (PEP 725)`;
  const common = { kind: kinds[role], environment, why };
  // A scope may be written with a plain `@`; only one behind a name separates the version.
  const match = /^(?:dep:|pkg:)?\/{0,2}([a-z0-9.+-]+)[/:](.[^@]*)(?:@(.+))?$/i.exec(identifier.trim());
  const [, type = "", name = "", version = ""] = match ?? [];
  const exact = registries.get(type.toLowerCase());
  const isRange = /^[<>=!~^*]/.test(version);
  if (exact === undefined || match === null) {
    const bare = identifier.trim().replace(/@[^/]*$/, "");
    const range = version === "" ? "*" : version;
    return {
      ...common,
      ecosystem: "nix",
      name: bare.startsWith("dep:") ? bare : `dep:${bare}`,
      range,
      rangeSyntax: "nix",
    };
  }
  const range = version === "" ? "*" : isRange ? rangeOf(type, version) : exact(version);
  return { ...common, ecosystem: type.toLowerCase(), name: decoded(name), range };
}

/** Comparators that PEP 725 joins by commas, in the language of the registry. */
function rangeOf(type: string, version: string): string {
  switch (type.toLowerCase()) {
    case "npm":
      return version.replaceAll(",", " ").replaceAll("==", "=");
    case "cargo":
      return version.replaceAll("==", "=");
    case "opam":
      return version.split(",").map(opamComparator).join(" & ");
    default:
      return version;
  }
}

function opamComparator(text: string): string {
  const [, operator = "", version = ""] = /^\s*([<>=!]+)\s*(.*?)\s*$/.exec(text) ?? [];
  return `${operator.replace("==", "=")} ${JSON.stringify(version)}`;
}

function splitOnce(text: string, separator: string): readonly [string, string?] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
