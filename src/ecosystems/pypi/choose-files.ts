/** Which file of a version is installed on a target, and from which its metadata is read. */
import { isVariantWheel, parseWheelName, type WheelName } from "./pep/file-name.ts";
import type { PypiSettings } from "./settings.ts";
import type { PythonCheck } from "./python-requirement.ts";
import { type UnusableReason, yanked } from "./reasons.ts";
import type { IndexFile } from "./simple/index-file.ts";
import type { TargetEnvironment } from "./target-environment.ts";

/** The files of one version that matter to one target. */
export interface ChosenFiles {
  /** What is installed: the best wheel, or the source distribution when no wheel fits. */
  readonly installed: IndexFile;
  readonly isBuilt: boolean;
  readonly sdist: IndexFile | undefined;
  /** Wheels and source distributions in the order in which metadata is looked for. */
  readonly metadataFiles: readonly IndexFile[];
  /** The SHA-256 digests of the only files that may be locked; `undefined` for any. */
  readonly hashes: ReadonlySet<string> | undefined;
}

/** What decides about files besides their names. */
export interface FilePolicy {
  readonly environment: TargetEnvironment;
  readonly python: PythonCheck;
  readonly settings: PypiSettings;
  readonly excludeNewer: string | undefined;
  /** The SHA-256 digests that manifests admit for a project; `undefined` for any. */
  hashes(name: string): ReadonlySet<string> | undefined;
}

/** Chooses among the files of one version of a project, or says why none can be used. */
export function chooseFiles(
  name: string,
  files: readonly IndexFile[],
  admitsYanked: boolean,
  policy: FilePolicy,
): ChosenFiles | UnusableReason {
  const { settings } = policy;
  const usesWheels = !settings.noBinary.has(name) && !settings.noBinary.has(":all:");
  const builds = !settings.noBuild.has(name) && !settings.noBuild.has(":all:");
  const wheels: { file: IndexFile; wheel: WheelName; rank: number | undefined }[] = [];
  let sdist: IndexFile | undefined;
  let rejected: UnusableReason | undefined;
  let hasVariants = false;
  const hashes = policy.hashes(name);
  for (const file of files) {
    const reason =
      hashes?.has(file.hashes.get("sha256") ?? "") === false
        ? { kind: "hash" as const }
        : rejectFile(file, admitsYanked, policy);
    if (reason !== undefined) {
      rejected ??= reason;
      continue;
    }
    const wheel = parseWheelName(file.fileName);
    if (wheel !== undefined) {
      wheels.push({ file, wheel, rank: policy.environment.wheelRank(wheel.tags) });
    } else if (isVariantWheel(file.fileName)) {
      hasVariants = true;
    } else if (!file.fileName.endsWith(".whl") && (sdist === undefined || isBetterSdist(file, sdist))) {
      sdist = file;
    }
  }
  const usable = usesWheels ? wheels.filter(({ rank }) => rank !== undefined).toSorted(compareWheels) : [];
  const best = usable[0]?.file;
  const others = wheels.toSorted(compareWheels).map(({ file }) => file);
  if (best !== undefined) {
    const metadataFiles = [best, ...others.filter((file) => file !== best)];
    return { installed: best, isBuilt: false, sdist, metadataFiles, hashes };
  }
  if (sdist !== undefined && builds) {
    return { installed: sdist, isBuilt: true, sdist, metadataFiles: [sdist, ...others], hashes };
  }
  if (rejected !== undefined && wheels.length === 0 && sdist === undefined) return rejected;
  const pythons = usesWheels && sdist === undefined ? otherPythons(wheels, policy.environment) : undefined;
  if (pythons !== undefined) {
    return { kind: "python", requires: pythons, python: policy.environment.pythonText, source: "the wheels" };
  }
  if (hasVariants && wheels.length === 0 && sdist === undefined) {
    return {
      kind: "no-file",
      why: "has variant wheels only, which say for what hardware they are, and Enki chooses none",
    };
  }
  return { kind: "no-file", why: whyNone(wheels, sdist, usesWheels, policy) };
}

function rejectFile(file: IndexFile, admitsYanked: boolean, policy: FilePolicy): UnusableReason | undefined {
  if (file.yanked !== undefined && !admitsYanked) return yanked(file.yanked);
  if (policy.excludeNewer !== undefined && file.uploadTime !== undefined && file.uploadTime >= policy.excludeNewer) {
    return { kind: "too-new", cutOff: policy.excludeNewer };
  }
  if (!policy.python.admits(file.requiresPython)) {
    return { kind: "python", requires: file.requiresPython ?? "", python: policy.environment.pythonText };
  }
  return undefined;
}

/** The Pythons for which the target's system has wheels, when there are any: then another toolchain would do. */
function otherPythons(
  wheels: readonly { readonly wheel: WheelName }[],
  environment: TargetEnvironment,
): string | undefined {
  const own = Number(environment.python.release[1] ?? 0);
  const minors = Array.from({ length: 30 }, (_, minor) => minor).filter((minor) =>
    wheels.some(({ wheel }) => environment.withPython(`3.${minor}.0`).wheelRank(wheel.tags) !== undefined),
  );
  const [first] = minors;
  const last = minors.at(-1);
  if (first === undefined || last === undefined) return undefined;
  if (own > first && own < last) return `!=3.${own}.*`;
  return last === 29 ? `>=3.${first}` : `>=3.${first},<3.${last + 1}`;
}

function whyNone(
  wheels: readonly { readonly wheel: WheelName; readonly rank: number | undefined }[],
  sdist: IndexFile | undefined,
  usesWheels: boolean,
  policy: FilePolicy,
): string {
  const { environment } = policy;
  const target = `python ${environment.pythonText} on ${environment.system}`;
  if (sdist !== undefined && wheels.length === 0)
    return "has a source distribution only, and building it is not allowed";
  if (!usesWheels) return "has wheels only, and wheels are not allowed for it";
  const tags = wheels.flatMap(({ wheel }) => wheel.tags);
  const interpreters = [
    ...new Set(
      tags.map(({ interpreter, abi }) =>
        abi === "none" || abi === interpreter ? interpreter : `${interpreter}-${abi}`,
      ),
    ),
  ];
  const platforms = [...new Set(tags.map(({ platform }) => platform))];
  const shown = `${listed(interpreters)} on ${listed(platforms)}`;
  return wheels.length === 0
    ? "has no wheel and no source distribution"
    : `has no wheel for ${target} (only for ${shown})${sdist === undefined ? " and no source distribution" : ""}`;
}

function listed(words: readonly string[]): string {
  return words.length <= 4 ? words.join(", ") : `${words.slice(0, 3).join(", ")} and ${words.length - 3} more`;
}

/** Best tag first, then the higher build number, then the name. */
function compareWheels(
  left: { readonly file: IndexFile; readonly wheel: WheelName; readonly rank: number | undefined },
  right: { readonly file: IndexFile; readonly wheel: WheelName; readonly rank: number | undefined },
): number {
  const byRank = (left.rank ?? Number.MAX_SAFE_INTEGER) - (right.rank ?? Number.MAX_SAFE_INTEGER);
  if (byRank !== 0) return byRank;
  const byBuild = (right.wheel.build?.number ?? -1) - (left.wheel.build?.number ?? -1);
  if (byBuild !== 0) return byBuild;
  return left.file.fileName < right.file.fileName ? -1 : 1;
}

/** The standard form of a source distribution wins over older ones. */
function isBetterSdist(file: IndexFile, other: IndexFile): boolean {
  const byForm = formRank(file.fileName) - formRank(other.fileName);
  return byForm < 0 || (byForm === 0 && file.fileName < other.fileName);
}

function formRank(fileName: string): number {
  return fileName.endsWith(".tar.gz") ? 0 : fileName.endsWith(".zip") ? 1 : 2;
}
