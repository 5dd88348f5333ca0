/** One version with everything that a resolution needs to know of it. */
import { EnkiError } from "../../model/enki-error.ts";
import { parseMetadata, type CoreMetadata } from "./pep/metadata.ts";
import { normaliseName } from "./pep/names.ts";
import { parseRequirement, type PypiRequirement } from "./pep/requirement.ts";
import { parseVersion } from "./pep/version.ts";
import { markerVariables } from "./pep/marker.ts";
import type { Candidate } from "./candidates.ts";
import { chooseFiles, type ChosenFiles, type FilePolicy } from "./choose-files.ts";
import type { UnusableReason } from "./reasons.ts";
import type { SdistFacts } from "./sdist-metadata.ts";
import type { ProjectPage } from "./simple/repository.ts";
import type { TargetEnvironment } from "./target-environment.ts";

/** A requirement in a distribution's metadata. */
export interface DistributionRequirement {
  readonly requirement: PypiRequirement;
  /** As written. */
  readonly text: string;
}

/** A usable version. */
export interface Distribution {
  readonly kind: "distribution";
  readonly files: ChosenFiles;
  /** What it requires on this target without extras. */
  readonly base: readonly DistributionRequirement[];
  /** What each extra adds on this target. Holds every extra that exists. */
  readonly byExtra: ReadonlyMap<string, readonly DistributionRequirement[]>;
  /** As written, all targets. */
  readonly requiresDist: readonly string[];
  readonly requiresPython: string | undefined;
  readonly licence: string | undefined;
  /** Facts for building it; present when it is built from source and builds are locked. */
  readonly sdist: SdistFacts | undefined;
  readonly buildRequires: readonly DistributionRequirement[];
}

/** A version that turned out to be unusable. */
export interface UnusableDistribution {
  readonly kind: "unusable";
  readonly reason: UnusableReason;
}

/** Reads what is needed of one candidate: its files, its metadata, and for a build its source distribution. */
export async function loadDistribution(
  name: string,
  candidate: Candidate,
  policy: FilePolicy,
): Promise<Distribution | UnusableDistribution> {
  const { page } = candidate;
  if (page === undefined) return unusable("it comes from no index");
  const files = chooseFiles(name, page.table.files(candidate.pageIndex), candidate.admitsYanked, policy);
  if ("kind" in files) return { kind: "unusable", reason: files };
  try {
    return await readDistribution(name, candidate, page, files, policy);
  } catch (error) {
    // One broken file makes one version ineligible; only what would hide a wrong answer goes on.
    if (error instanceof EnkiError && isFaultOfFile(error)) return unusable(error.message);
    throw error;
  }
}

function isFaultOfFile(error: EnkiError): boolean {
  return ["invalid-registry-document", "integrity-mismatch", "limit-exceeded", "not-found"].includes(error.code);
}

async function readDistribution(
  name: string,
  candidate: Candidate,
  page: ProjectPage,
  files: ChosenFiles,
  policy: FilePolicy,
): Promise<Distribution | UnusableDistribution> {
  const override =
    policy.settings.metadata.get(`${name}==${candidate.text}`) ?? policy.settings.metadata.get(name) ?? undefined;
  const needsSdist = files.isBuilt && policy.settings.locksBuilds;
  const sdist = needsSdist ? await readSdist(page, files) : undefined;
  const metadata = override ?? (await readMetadata(name, candidate, page, files, sdist));
  if ("problem" in metadata) return unusable(metadata.problem);
  const isOverride = Array.isArray(metadata);
  const core = isCoreMetadata(metadata) ? metadata : undefined;
  const requiresDist = core?.requiresDist ?? (isOverride ? (override ?? []) : []);
  const requirements = readRequirements(requiresDist);
  if ("problem" in requirements) return unusable(requirements.problem);
  const requiresPython = core?.requiresPython ?? files.installed.requiresPython;
  if (!policy.python.admits(requiresPython)) {
    const python = policy.environment.pythonText;
    return { kind: "unusable", reason: { kind: "python", requires: requiresPython ?? "", python } };
  }
  const split = splitByExtra(requirements.requirements, core?.providesExtra ?? [], policy.environment);
  if ("problem" in split) return unusable(split.problem);
  const build = readRequirements(sdist?.buildRequires ?? []);
  if ("problem" in build) return unusable(build.problem);
  const buildRequires = build.requirements.filter(({ requirement }) => policy.environment.holds(requirement.marker));
  return {
    kind: "distribution",
    files,
    ...split,
    requiresDist,
    requiresPython,
    licence: core?.licence,
    sdist,
    buildRequires,
  };
}

function isCoreMetadata(value: CoreMetadata | readonly string[]): value is CoreMetadata {
  return "metadataVersion" in value;
}

async function readSdist(page: ProjectPage, files: ChosenFiles): Promise<SdistFacts | undefined> {
  if (files.sdist === undefined) return undefined;
  const facts = await page.readSource(files.sdist);
  if (facts === undefined) throw new EnkiError("not-found", `its file ${files.sdist.fileName} can't be downloaded`);
  return facts;
}

/**
 * Core metadata from the best place: the installed wheel, static metadata of the source distribution, or another wheel
 * of the version, which is what the version's author says it would be built into.
 */
async function readMetadata(
  name: string,
  candidate: Candidate,
  page: ProjectPage,
  files: ChosenFiles,
  sdist: SdistFacts | undefined,
): Promise<CoreMetadata | { readonly problem: string }> {
  let problem = "it has no metadata";
  const advice = `: write down what it requires in enki.toml, [pypi.metadata] "${name}==${candidate.text}" = ["…"]`;
  for (const file of files.metadataFiles) {
    const text = await page.readMetadata(file);
    let metadata = text === undefined ? undefined : parseMetadata(text);
    if (metadata === undefined && file === files.sdist) metadata = (sdist ?? (await readSdist(page, files)))?.metadata;
    if (metadata === undefined) continue;
    if ("problem" in metadata) {
      problem = file === files.sdist ? `${metadata.problem}${advice}` : metadata.problem;
      // The metadata of the wheel that would be installed is not replaced by that of another file.
      if (!files.isBuilt) break;
      continue;
    }
    const version = parseVersion(metadata.version);
    if (normaliseName(metadata.name) !== name || version?.key !== candidate.key) {
      problem = `the metadata of ${file.fileName} is that of ${metadata.name} ${metadata.version}`;
      continue;
    }
    return metadata;
  }
  return { problem };
}

function readRequirements(
  texts: readonly string[],
): { readonly requirements: readonly DistributionRequirement[] } | { readonly problem: string } {
  const requirements: DistributionRequirement[] = [];
  for (const text of texts) {
    const parsed = parseRequirement(text.trim());
    if (!parsed.ok)
      return { problem: `its requirement ${JSON.stringify(text)} is unreadable: ${parsed.problem.message}` };
    requirements.push({ requirement: parsed.value, text });
  }
  return { requirements };
}

/** Evaluates markers for the target: without extras, and for every extra what it adds. */
function splitByExtra(
  requirements: readonly DistributionRequirement[],
  providesExtra: readonly string[],
  environment: TargetEnvironment,
): Pick<Distribution, "base" | "byExtra"> | { readonly problem: string } {
  const base: DistributionRequirement[] = [];
  const byExtra = new Map<string, DistributionRequirement[]>();
  for (const extra of providesExtra) byExtra.set(normaliseName(extra), []);
  const conditional: DistributionRequirement[] = [];
  for (const one of requirements) {
    const { marker } = one.requirement;
    const holds = environment.holds(marker);
    if (holds === undefined) {
      return { problem: `the marker of its requirement ${JSON.stringify(one.text)} means nothing here` };
    }
    if (holds) base.push(one);
    else if (marker !== undefined && markerVariables(marker).has("extra")) {
      conditional.push(one);
      for (const extra of extrasIn(marker)) if (!byExtra.has(extra)) byExtra.set(extra, []);
    }
  }
  for (const [extra, list] of byExtra) {
    for (const one of conditional) if (environment.holds(one.requirement.marker, extra) === true) list.push(one);
  }
  return { base, byExtra };
}

/** The names of extras that a marker mentions. */
function extrasIn(marker: NonNullable<PypiRequirement["marker"]>): readonly string[] {
  if (marker.kind !== "compare") return marker.operands.flatMap(extrasIn);
  const { left, right } = marker;
  if (left.kind === "variable" && left.name === "extra" && right.kind === "text") return [right.text];
  if (right.kind === "variable" && right.name === "extra" && left.kind === "text") return [left.text];
  return [];
}

function unusable(problem: string): UnusableDistribution {
  return { kind: "unusable", reason: { kind: "metadata", problem } };
}
