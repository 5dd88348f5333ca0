/**
 * Wheels of one version whose metadata differ: built on different machines by a script that asked what machine it was.
 * Every target reads its own wheel, so its answer is right; but a lock is read elsewhere too, and people should know.
 */
import type { Diagnostic } from "../../model/diagnostic.ts";
import { EnkiError } from "../../model/enki-error.ts";
import type { SelectedVersion } from "./collect.ts";
import { parseWheelName } from "./pep/file-name.ts";
import { parseMetadata } from "./pep/metadata.ts";
import type { IndexFile } from "./simple/index-file.ts";
import { lockedSystems, type TargetEnvironment } from "./target-environment.ts";

/**
 * A warning where a wheel that another system would install requires other things than the one that was read. Looks only
 * at metadata that the index offers by itself and whose hash is another; what can't be read warns of nothing.
 */
export async function differingWheels(
  name: string,
  { candidate, distribution }: SelectedVersion,
  environment: TargetEnvironment,
): Promise<Diagnostic | undefined> {
  const { page } = candidate;
  const { installed, isBuilt, metadataFiles } = distribution.files;
  const own = installed.metadata?.sha256;
  if (page === undefined || isBuilt || own === undefined) return undefined;
  const others = new Map<string, IndexFile>();
  for (const system of lockedSystems) {
    const file = bestWheel(metadataFiles, environment.on(system));
    const sha256 = file?.metadata?.sha256;
    if (file !== undefined && sha256 !== undefined && sha256 !== own) others.set(sha256, file);
  }
  const read = await Promise.all(
    [...others.values()].map(async (file) => ({ file, requires: await requirementsIn(file, page.readMetadata) })),
  );
  const wanted = sorted(distribution.requiresDist);
  const different = read.filter(({ requires }) => requires !== undefined && requires !== wanted);
  if (different.length === 0) return undefined;
  return {
    code: "pypi-differing-wheels",
    severity: "warning",
    message: `the wheels of ${name} ${candidate.text} do not require the same: ${[
      installed,
      ...different.map(({ file }) => file),
    ]
      .map(({ fileName }) => fileName)
      .toSorted()
      .join(", ")}`,
    help: "each system of the lock has what its own wheel requires: resolve for every system that it is meant for",
  };
}

function bestWheel(files: readonly IndexFile[], environment: TargetEnvironment): IndexFile | undefined {
  let best: { readonly file: IndexFile; readonly rank: number } | undefined;
  for (const file of files) {
    const wheel = parseWheelName(file.fileName);
    const rank = wheel === undefined ? undefined : environment.wheelRank(wheel.tags);
    if (rank !== undefined && (best === undefined || rank < best.rank)) best = { file, rank };
  }
  return best?.file;
}

async function requirementsIn(
  file: IndexFile,
  read: (file: IndexFile) => Promise<string | undefined>,
): Promise<string | undefined> {
  try {
    const text = await read(file);
    const metadata = text === undefined ? undefined : parseMetadata(text);
    return metadata === undefined || "problem" in metadata ? undefined : sorted(metadata.requiresDist);
  } catch (error) {
    if (error instanceof EnkiError && error.code !== "aborted") return undefined;
    throw error;
  }
}

function sorted(requirements: readonly string[]): string {
  return requirements
    .map((text) => text.replaceAll(/\s+/g, ""))
    .toSorted()
    .join("\n");
}
