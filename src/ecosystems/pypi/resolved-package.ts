/** The facts of one selected version that locks, checks and Nix need, in the form of the lock. */
import { digestFromHex, formatIntegrity } from "../../formats/integrity.ts";
import type { JsonObject, JsonValue } from "../../model/json.ts";
import type { Artifact, PackageId, ResolvedPackage } from "../../model/resolution.ts";
import type { SelectedVersion } from "./collect.ts";
import type { DirectSource } from "./manifest/pypi-document.ts";
import { parseWheelName, type WheelName } from "./pep/file-name.ts";
import type { InnerCrate } from "./sdist-metadata.ts";
import type { IndexFile } from "./simple/index-file.ts";
import type { ProjectPage } from "./simple/repository.ts";
import { lockedSystems, TargetEnvironment } from "./target-environment.ts";

/** The package with every file of its version that is not yanked, so that one lock serves all systems. */
export function resolvedPackage(
  id: PackageId,
  name: string,
  found: SelectedVersion,
  environment: TargetEnvironment,
): ResolvedPackage {
  const { candidate, distribution } = found;
  const { page } = candidate;
  const { hashes } = distribution.files;
  const all = (page?.table.files(candidate.pageIndex) ?? []).filter(
    (file) => hashes?.has(file.hashes.get("sha256") ?? "") ?? true,
  );
  const usable = candidate.admitsYanked ? all : all.filter((file) => file.yanked === undefined);
  const files = usable
    .map((file) => ({ file, wheel: parseWheelName(file.fileName), url: page?.fileUrl(file) ?? file.url }))
    .filter(({ file, wheel }) => wheel !== undefined || file.fileName === distribution.files.sdist?.fileName)
    .toSorted(({ file: left }, { file: right }) => (left.fileName < right.fileName ? -1 : 1));
  return {
    id,
    ecosystem: "pypi",
    name,
    version: candidate.text,
    ...(distribution.licence === undefined ? {} : { licence: distribution.licence }),
    artifacts: page?.direct?.kind === "git" ? [checkout(page.direct)] : files.map(artifact),
    details: details(found, files, environment),
  };
}

/** A file with what its name says; only wheels have a name that says something. */
interface NamedFile {
  readonly file: IndexFile;
  readonly wheel: WheelName | undefined;
  readonly url: string;
}

function artifact({ file, wheel, url }: NamedFile): Artifact {
  const digest = ["sha512", "sha384", "sha256"] as const;
  const found = digest.flatMap((algorithm) => {
    const hex = file.hashes.get(algorithm);
    const parsed = hex === undefined ? undefined : digestFromHex(algorithm, hex);
    return parsed === undefined ? [] : [parsed];
  })[0];
  const systems = wheel === undefined ? undefined : systemsOf(wheel.tags.map(({ platform }) => platform));
  return {
    kind: wheel === undefined ? "sdist" : "wheel",
    url,
    ...(found === undefined ? {} : { integrity: formatIntegrity(found) }),
    ...(file.sizeBytes === undefined ? {} : { sizeBytes: file.sizeBytes }),
    ...(systems === undefined ? {} : { systems }),
  };
}

/** A source tree of a repository. */
function checkout({ url, commit = "", treeIntegrity }: DirectSource & { kind: "git" }): Artifact {
  return {
    kind: "git",
    url: `git+${url}#${commit}`,
    ...(treeIntegrity === undefined ? {} : { integrity: treeIntegrity }),
  };
}

/** The systems that platform tags mean; `undefined` for every system. */
function systemsOf(platforms: readonly string[]): readonly string[] | undefined {
  if (platforms.includes("any")) return undefined;
  return lockedSystems.filter((system) => {
    const isDarwin = system.endsWith("-darwin");
    const machine = isDarwin && system.startsWith("aarch64") ? "arm64" : (system.split("-")[0] ?? "");
    return platforms.some((platform) =>
      isDarwin
        ? platform.startsWith("macosx_") && (platform.endsWith(machine) || platform.endsWith("universal2"))
        : /^(?:manylinux|musllinux|linux)/.test(platform) && platform.endsWith(machine),
    );
  });
}

function details(
  { candidate, distribution }: SelectedVersion,
  files: readonly NamedFile[],
  environment: TargetEnvironment,
): JsonObject {
  const { sdist } = distribution;
  return {
    requiresDist: [...distribution.requiresDist],
    ...(distribution.requiresPython === undefined ? {} : { requiresPython: distribution.requiresPython }),
    extras: [...distribution.byExtra.keys()].toSorted(),
    ...origin(candidate.page),
    files: files.map(fileDetails),
    install: installed(files, distribution.files.installed, environment),
    ...(sdist === undefined || !distribution.files.isBuilt
      ? {}
      : {
          build: {
            requires: [...sdist.buildRequires],
            ...(sdist.buildBackend === undefined ? {} : { backend: sdist.buildBackend }),
            ...(sdist.cargo === undefined ? {} : { cargo: crateDetails(sdist.cargo) }),
            ...(sdist.external.length === 0 ? {} : { external: sdist.external.map(({ text }) => text) }),
          },
        }),
  };
}

function crateDetails({ manifest, lock, rustVersion }: InnerCrate): JsonObject {
  return {
    manifest,
    ...(lock === undefined ? {} : { lock }),
    ...(rustVersion === undefined ? {} : { rustVersion }),
  };
}

/** Which index or which direct source the version comes from. */
function origin(page: ProjectPage | undefined): JsonObject {
  const direct = page?.direct;
  if (direct === undefined) return { index: page?.repository.url ?? "" };
  if (direct.kind === "path") return { direct: { path: direct.path, editable: direct.isEditable } };
  if (direct.kind === "url") return { direct: { url: direct.url.split("#")[0] ?? direct.url } };
  const { url, reference, commit, subdirectory } = direct;
  return {
    direct: {
      git: url,
      ...(reference === undefined ? {} : { requested: reference }),
      ...(commit === undefined ? {} : { commit }),
      ...(subdirectory === undefined ? {} : { subdirectory }),
    },
  };
}

function fileDetails({ file, url }: NamedFile): JsonObject {
  const hashes = Object.fromEntries([...file.hashes].toSorted(([left], [right]) => (left < right ? -1 : 1)));
  return {
    name: file.fileName,
    url,
    hashes,
    ...(file.sizeBytes === undefined ? {} : { size: file.sizeBytes }),
    ...(file.uploadTime === undefined ? {} : { uploadTime: file.uploadTime }),
    ...(file.requiresPython === undefined ? {} : { requiresPython: file.requiresPython }),
  };
}

/** The file that each system installs with the target's Python: the best wheel, else the source distribution. */
function installed(files: readonly NamedFile[], own: IndexFile, environment: TargetEnvironment): JsonObject {
  const chosen: Record<string, JsonValue> = {};
  for (const system of lockedSystems) {
    if (system === environment.system) continue;
    const other = environment.on(system);
    const best = files
      .flatMap(({ file, wheel }) => {
        const rank = wheel === undefined ? undefined : other.wheelRank(wheel.tags);
        return rank === undefined ? [] : [{ file, rank, build: wheel?.build?.number ?? -1 }];
      })
      .toSorted((left, right) => left.rank - right.rank || right.build - left.build)[0]?.file;
    const file = best ?? files.find(({ wheel }) => wheel === undefined)?.file;
    if (file !== undefined) chosen[system] = file.fileName;
  }
  chosen[environment.system] = own.fileName;
  return Object.fromEntries(Object.entries(chosen).toSorted(([left], [right]) => (left < right ? -1 : 1)));
}
