/** Writes pylock.toml (PEP 751), for several extras, groups and targets at once. */
import type { JsonObject } from "../../../model/json.ts";
import type { PackageId, Resolution, ResolvedPackage, ResolvedRoot } from "../../../model/resolution.ts";
import { object, objects, text, texts } from "../json-fields.ts";
import { closureOf, compareLocked, lockTargets, seenFrom, usesOf, type RootUse } from "./lock-closure.ts";
import { parseSpecifierSet, specifierSetAdmits } from "../pep/specifier.ts";
import { parseVersion } from "../pep/version.ts";
import { TargetConditions, type Place } from "./target-markers.ts";
import { tomlLine, type TomlValue } from "./toml-printer.ts";

/** The pylock.toml of one root. */
export function pylockToml(resolution: Resolution, root: ResolvedRoot): string {
  const targets = lockTargets(resolution);
  const conditions = new TargetConditions(targets);
  const uses = usesOf(root);
  const needed = new Map<PackageId, Place[]>();
  for (const use of uses) {
    for (const target of targets) {
      for (const id of closureOf(resolution, root, use, target).keys()) {
        needed.set(id, [...(needed.get(id) ?? []), { use, target }]);
      }
    }
  }
  const names = (kind: RootUse["kind"]): readonly string[] =>
    uses
      .filter((use) => use.kind === kind)
      .map(({ name }) => name)
      .toSorted();
  const requiresPython = root.details["requiresPython"];
  let toml = "# Written by Enki: do not edit; change the manifest and run `enki resolve`.\n";
  toml += tomlLine("lock-version", "1.0");
  toml += tomlLine("environments", conditions.environments());
  if (typeof requiresPython === "string" && requiresPython !== "") toml += tomlLine("requires-python", requiresPython);
  toml += tomlLine("extras", names("extra"));
  toml += tomlLine("dependency-groups", names("group"));
  toml += tomlLine("default-groups", texts(root.details["defaultGroups"]));
  toml += tomlLine("created-by", "enki");
  const byId = new Map(resolution.packages.map((one) => [one.id, one]));
  const locked = [...needed.keys()].flatMap((id) => byId.get(id) ?? []).toSorted(compareLocked);
  // The key is required, and tables can't say that there are none.
  if (locked.length === 0) toml += tomlLine("packages", []);
  for (const package_ of locked) {
    const places = needed.get(package_.id) ?? [];
    toml += packageTable(root, package_, conditions.atPlaces(places), requiresPythonAt(package_, places));
  }
  return toml;
}

/**
 * The package's requires-python where every Python that it is installed for fulfils it. An installer must refuse the
 * lock otherwise, and upper bounds, which are ignored by default, would make it do so.
 */
function requiresPythonAt({ details }: ResolvedPackage, places: readonly Place[]): string | undefined {
  const written = details["requiresPython"];
  const set = typeof written === "string" ? parseSpecifierSet(written) : undefined;
  if (typeof written !== "string" || set?.ok !== true) return undefined;
  const isFulfilled = places.every(({ target }) => {
    const python = parseVersion(target.pythonText);
    return python !== undefined && specifierSetAdmits(set.value, python);
  });
  return isFulfilled ? written : undefined;
}

function packageTable(
  root: ResolvedRoot,
  package_: ResolvedPackage,
  marker: string | undefined,
  requiresPython: string | undefined,
): string {
  const { details } = package_;
  let toml = "\n[[packages]]\n";
  toml += tomlLine("name", package_.name);
  const direct = object(details["direct"]);
  const files = objects(details["files"]);
  const source = Object.keys(direct).length === 0 ? undefined : directSource(root, direct, files[0]);
  // What a directory holds may change, and its version with it: PEP 751 forbids to state it.
  if (source?.[0] !== "directory") toml += tomlLine("version", package_.version);
  if (marker !== undefined) toml += tomlLine("marker", marker);
  if (requiresPython !== undefined) toml += tomlLine("requires-python", requiresPython);
  const index = details["index"];
  if (typeof index === "string" && /^https?:.*\/$/.test(index)) toml += tomlLine("index", index);
  if (source !== undefined) return toml + tomlLine(...source);
  const sdist = files.find((file) => !isWheel(file));
  if (sdist !== undefined) toml += tomlLine("sdist", fileTable(root, sdist));
  const wheels = files.filter(isWheel);
  if (wheels.length > 0)
    toml += tomlLine(
      "wheels",
      wheels.map((file) => fileTable(root, file)),
    );
  return toml;
}

/** An entry that is left out when it says nothing. */
function optional(key: string, value: string): readonly [string, TomlValue][] {
  return value === "" ? [] : [[key, value]];
}

/** `vcs` for a repository, `directory` for a source tree, `archive` for a file that no index lists. */
function directSource(root: ResolvedRoot, direct: JsonObject, file: JsonObject | undefined): [string, TomlValue] {
  if (text(direct["git"]) !== "") {
    const table = new Map<string, TomlValue>([
      ["type", "git"],
      ["url", text(direct["git"])],
      ...optional("requested-revision", text(direct["requested"])),
      ["commit-id", text(direct["commit"])],
      ...optional("subdirectory", text(direct["subdirectory"])),
    ]);
    return ["vcs", table];
  }
  const hashes = Object.entries(object(file?.["hashes"])).map(([name, hex]) => [name, text(hex)] as const);
  const path = text(direct["path"]) === "" ? "" : seenFrom(root, text(direct["path"]));
  if (hashes.length === 0) {
    const editable = direct["editable"] === true ? [["editable", true] as const] : [];
    return ["directory", new Map<string, TomlValue>([["path", path], ...editable])];
  }
  const place: readonly [string, TomlValue] = path === "" ? ["url", text(direct["url"])] : ["path", path];
  const size = typeof file?.["size"] === "number" ? [["size", file["size"]] as const] : [];
  return ["archive", new Map<string, TomlValue>([place, ...size, ["hashes", new Map(hashes)]])];
}

function isWheel(file: JsonObject): boolean {
  return text(file["name"]).endsWith(".whl");
}

function fileTable(root: ResolvedRoot, file: JsonObject): ReadonlyMap<string, TomlValue> {
  const table = new Map<string, TomlValue>();
  const url = seenFrom(root, text(file["url"]));
  table.set("name", text(file["name"]));
  if (typeof file["uploadTime"] === "string") table.set("upload-time", { date: file["uploadTime"] });
  table.set(/^[a-z][a-z0-9+.-]*:/i.test(url) ? "url" : "path", url);
  if (typeof file["size"] === "number") table.set("size", file["size"]);
  const entries = Object.entries(object(file["hashes"]));
  table.set("hashes", new Map(entries.map(([algorithm, hex]) => [algorithm, text(hex)])));
  return table;
}
