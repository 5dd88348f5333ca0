/** Writes requirements.txt with hashes, in the form that `pip install --require-hashes` takes. */
import type { JsonObject } from "../../../model/json.ts";
import type { PackageId, Resolution, ResolvedPackage, ResolvedRoot } from "../../../model/resolution.ts";
import { object, objects, text } from "../json-fields.ts";
import { closureOf, compareLocked, lockTargets, seenFrom, type LockTarget } from "./lock-closure.ts";
import { TargetConditions } from "./target-markers.ts";

/** The base requirements of one root, pinned; `undefined` when a file has no SHA-256, which pip could not check. */
export function requirementsTxt(resolution: Resolution, root: ResolvedRoot): string {
  const targets = lockTargets(resolution);
  const conditions = new TargetConditions(targets);
  const uses = new Map<PackageId, { extras: Set<string>; targets: LockTarget[] }>();
  for (const target of targets) {
    for (const [id, extras] of closureOf(resolution, root, { kind: "base", name: "" }, target)) {
      const use = uses.get(id) ?? { extras: new Set<string>(), targets: [] };
      for (const extra of extras) use.extras.add(extra);
      use.targets.push(target);
      uses.set(id, use);
    }
  }
  const byId = new Map(resolution.packages.map((one) => [one.id, one]));
  const blocks = [...uses]
    .flatMap(([id, use]) => {
      const package_ = byId.get(id);
      return package_ === undefined ? [] : [{ package_, use }];
    })
    .toSorted(({ package_: left }, { package_: right }) => compareLocked(left, right))
    .map(({ package_, use }) => block(root, package_, use.extras, conditions.onTargets(use.targets)));
  return ["# Written by Enki: do not edit; change the manifest and run `enki resolve`.\n", ...blocks].join("");
}

function block(
  root: ResolvedRoot,
  package_: ResolvedPackage,
  extras: ReadonlySet<string>,
  marker: string | undefined,
): string {
  const withExtras = extras.size === 0 ? package_.name : `${package_.name}[${[...extras].toSorted().join(",")}]`;
  const direct = object(package_.details["direct"]);
  const place =
    repositoryUrl(direct) ||
    text(direct["url"]) ||
    (text(direct["path"]) === "" ? "" : `file:${seenFrom(root, text(direct["path"]))}`);
  const pin = place === "" ? `==${package_.version}` : ` @ ${place}`;
  const requirement = `${withExtras}${pin}${marker === undefined ? "" : ` ; ${marker}`}`;
  return [requirement, ...hashes(package_).map((hash) => `--hash=${hash}`)].join(" \\\n    ") + "\n";
}

/** `git+https://…@COMMIT#subdirectory=…`; empty for what comes from elsewhere. */
function repositoryUrl(direct: JsonObject): string {
  if (text(direct["git"]) === "") return "";
  const subdirectory = text(direct["subdirectory"]);
  const fragment = subdirectory === "" ? "" : `#subdirectory=${encodeURI(subdirectory)}`;
  return `git+${text(direct["git"])}@${text(direct["commit"])}${fragment}`;
}

/** `sha256:…` of every file, sorted. */
function hashes(package_: ResolvedPackage): readonly string[] {
  const found = objects(package_.details["files"]).flatMap((file) => {
    const entries = new Map(Object.entries(object(file["hashes"])));
    const algorithm = ["sha256", "sha384", "sha512"].find((name) => entries.has(name));
    return algorithm === undefined ? [] : [`${algorithm}:${text(entries.get(algorithm))}`];
  });
  return [...new Set(found)].toSorted();
}
