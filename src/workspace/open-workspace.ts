import { createHash } from "node:crypto";
import type { Ecosystem, ManifestContext } from "../ecosystems/ecosystem.ts";
import { canonicalJson } from "../model/canonical-json.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { FileSystem } from "../model/file-system.ts";
import type { Manifest } from "../model/manifest.ts";
import { compareBytewise } from "../model/order.ts";
import type { EcosystemId } from "../model/requirement.ts";
import { didYouMean } from "../model/suggestion.ts";
import type { Configuration, NamedManifest } from "./configuration.ts";
import { CONFIGURATION_FILE_NAME, EMPTY_CONFIGURATION } from "./configuration.ts";
import type { FoundManifest } from "./find-manifests.ts";
import { findManifests, manifestsNamed, unsupportedEcosystem } from "./find-manifests.ts";
import { readConfiguration } from "./read-configuration.ts";
import { overUserConfiguration, readUserConfiguration } from "./user-configuration.ts";

/** A service as it lies on disk: its configuration and every manifest. */
export interface Workspace {
  readonly configuration: Configuration;
  readonly hasConfigurationFile: boolean;
  /** Sorted by file; those made from enki.toml have the file `enki.toml#<ecosystem>`. */
  readonly manifests: readonly Manifest[];
  /** Errors among these mean that the workspace must not be resolved. */
  readonly diagnostics: readonly Diagnostic[];
}

/** A file of settings that hold wherever the project says nothing else. */
export interface UserSettings {
  readonly file: string;
  readonly text: string;
}

/**
 * Reads a service: enki.toml where there is one, then the manifests that it names or that are found. Whatever is wrong
 * with them is a diagnostic.
 *
 * @param selected Manifests to use instead, relative to the project; an empty list means all.
 */
export function openWorkspace(
  projectDirectory: string,
  files: FileSystem,
  ecosystems: ReadonlyMap<EcosystemId, Ecosystem>,
  selected: readonly string[] = [],
  user?: UserSettings,
): Workspace {
  const diagnostics: Diagnostic[] = [];
  const bytes = files.readFile(`${projectDirectory}/${CONFIGURATION_FILE_NAME}`);
  const reading =
    bytes === undefined
      ? { configuration: EMPTY_CONFIGURATION, diagnostics: [] }
      : readConfiguration(new TextDecoder().decode(bytes), ecosystems, projectDirectory);
  diagnostics.push(...reading.diagnostics);
  const userReading = user === undefined ? undefined : readUserConfiguration(user.file, user.text, ecosystems);
  diagnostics.push(...(userReading?.diagnostics ?? []));
  const configuration = overUserConfiguration(
    reading.configuration ?? EMPTY_CONFIGURATION,
    userReading?.configuration ?? EMPTY_CONFIGURATION,
  );
  const context: ManifestContext = { projectDirectory, files };
  const named =
    selected.length > 0 ? selected.map((path) => ({ path, origin: { file: path } })) : configuration.manifests;
  const isReadable = reading.configuration !== undefined;
  const found = !isReadable
    ? []
    : named === undefined
      ? searchManifests(context, ecosystems, diagnostics)
      : named.flatMap((one) => identifyManifest(one, context, ecosystems, diagnostics));
  const manifests = readManifests(found, context, ecosystems, diagnostics);
  if (selected.length === 0) manifests.push(...tableManifests(configuration, ecosystems, context, diagnostics));
  return {
    configuration,
    hasConfigurationFile: bytes !== undefined,
    manifests,
    diagnostics: withoutRepetitions(diagnostics),
  };
}

/** Reads what was found, and the members that belong to it. Sorted by file. */
function readManifests(
  found: readonly FoundManifest[],
  context: ManifestContext,
  ecosystems: ReadonlyMap<EcosystemId, Ecosystem>,
  diagnostics: Diagnostic[],
): Manifest[] {
  const manifests: Manifest[] = [];
  const waiting = [...found];
  const seen = new Set(waiting.map(({ path }) => path));
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { path, ecosystem } = next;
    const content = context.files.readFile(`${context.projectDirectory}/${path}`);
    const reading = content === undefined ? undefined : ecosystems.get(ecosystem)?.readManifest(path, content, context);
    diagnostics.push(...(reading?.diagnostics ?? []));
    if (reading?.manifest !== undefined) manifests.push(reading.manifest);
    for (const member of reading?.members ?? []) {
      if (!seen.has(member)) waiting.push({ path: member, ecosystem });
      seen.add(member);
    }
  }
  return manifests.toSorted((left, right) => compareBytewise(left.file, right.file));
}

/** A file that another one includes may be read twice, and is wrong once. */
function withoutRepetitions(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...new Map(diagnostics.map((diagnostic) => [JSON.stringify(diagnostic), diagnostic])).values()];
}

function searchManifests(
  { projectDirectory, files }: ManifestContext,
  ecosystems: ReadonlyMap<EcosystemId, Ecosystem>,
  diagnostics: Diagnostic[],
): readonly FoundManifest[] {
  const { manifests, unsupported } = findManifests(projectDirectory, files, ecosystems);
  for (const { path, ecosystem } of unsupported) {
    diagnostics.push({
      code: "unsupported-manifest",
      severity: "warning",
      message: `${ecosystem} is not supported: what ${path} requires is not part of the answer`,
      origin: { file: path },
    });
  }
  return manifests;
}

/** Finds out what a named manifest is; complains at the place where it is named. */
function identifyManifest(
  { path, origin }: NamedManifest,
  { projectDirectory, files }: ManifestContext,
  ecosystems: ReadonlyMap<EcosystemId, Ecosystem>,
  diagnostics: Diagnostic[],
): readonly FoundManifest[] {
  const complain = (code: string, message: string, help: string | undefined): [] => {
    const lines = new TextDecoder().decode(files.readFile(`${projectDirectory}/${origin.file}`)).split("\n");
    const sourceLine = origin.line === undefined ? undefined : lines[origin.line - 1];
    diagnostics.push({
      code,
      severity: "error",
      message,
      origin,
      ...(sourceLine === undefined ? {} : { sourceLine }),
      ...(help === undefined ? {} : { help }),
    });
    return [];
  };
  if (files.kind(`${projectDirectory}/${path}`) !== "file") {
    const present = findManifests(projectDirectory, files, ecosystems).manifests.map((manifest) => manifest.path);
    const help = didYouMean(path, present) ?? (present.length > 0 ? `there are ${present.join(", ")}` : undefined);
    return complain("manifest-missing", `there is no file ${JSON.stringify(path)}`, help);
  }
  const name = path.split("/").at(-1) ?? path;
  const found = manifestsNamed(name, path, ecosystems);
  if (found.length > 0) return found.slice(0, 1);
  const unsupported = unsupportedEcosystem(name);
  const message =
    unsupported === undefined
      ? `${JSON.stringify(path)} is not a manifest of any ecosystem that Enki knows`
      : `${unsupported} is not supported, so ${JSON.stringify(path)} can't be resolved`;
  return complain("manifest-unknown", message, `Enki reads ${[...ecosystems.values()].map((e) => e.title).join(", ")}`);
}

/** Turns `[dependencies.<ecosystem>]` into manifests. */
function tableManifests(
  configuration: Configuration,
  ecosystems: ReadonlyMap<EcosystemId, Ecosystem>,
  context: ManifestContext,
  diagnostics: Diagnostic[],
): readonly Manifest[] {
  const sorted = [...configuration.dependencies].toSorted(([left], [right]) => compareBytewise(left, right));
  return sorted.flatMap(([id, entries]) => {
    if (entries.length === 0) return [];
    const reading = ecosystems.get(id)?.readDependencyTable(entries, context);
    diagnostics.push(...(reading?.diagnostics ?? []));
    if (reading?.manifest === undefined) return [];
    // Comments and other tables of enki.toml do not make this part of the lock stale.
    const content = canonicalJson(entries.map(({ name, range, features }) => ({ name, range, features })));
    const sha256 = createHash("sha256").update(content).digest("hex");
    return [{ ...reading.manifest, file: `${CONFIGURATION_FILE_NAME}#${id}`, sha256 }];
  });
}
