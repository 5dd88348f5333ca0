import { digestFromHex, formatIntegrity } from "../../../formats/integrity.ts";
import type { ResolvedPackage } from "../../../model/resolution.ts";
import { writeDetails } from "../package/details.ts";
import { packageIdOf } from "../package/package-id.ts";
import type { LockedReference } from "./lock-document.ts";
import { withoutCommit } from "./lock-document.ts";
import { readLock } from "./read-lock.ts";

/** The releases that a Cargo.lock holds, with the choices that it made for each. Throws an EnkiError (`invalid-lock`). */
export function importCargoLock(file: string, text: string): readonly ResolvedPackage[] {
  return readLock(file, text).packages.flatMap(({ name, version, source, checksum, dependencies }) => {
    // Local packages are as they are.
    if (source === undefined) return [];
    const [, commit] = source.split("#");
    const digest = checksum === undefined ? undefined : digestFromHex("sha256", checksum);
    return [
      {
        id: idOf({ name, version, source }),
        ecosystem: "cargo",
        name,
        version: version.text,
        artifacts: digest === undefined ? [] : [{ kind: "crate", url: "", integrity: formatIntegrity(digest) }],
        details: writeDetails({
          source: withoutCommit(source),
          commit,
          directory: undefined,
          checksum,
          links: undefined,
          rustVersion: undefined,
          isYanked: false,
          replacedBy: undefined,
          features: new Map(),
          dependencies: dependencies.map((dependency) => ({
            alias: dependency.name,
            crate: dependency.name,
            requirement: "",
            kind: "normal",
            target: undefined,
            features: [],
            usesDefaultFeatures: true,
            isOptional: false,
            resolved: idOf(dependency),
          })),
        }),
      },
    ];
  });
}

function idOf({ name, version, source = "" }: LockedReference): string {
  return packageIdOf({ crate: name, version, source: { kind: "registry", id: withoutCommit(source) } });
}
