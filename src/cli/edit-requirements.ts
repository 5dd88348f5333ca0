import { basename } from "node:path";
import type { Ecosystem } from "../ecosystems/ecosystem.ts";
import { EnkiError } from "../model/enki-error.ts";
import type { AddedRequirement, RequirementGroup } from "../model/manifest-edit.ts";
import type { EcosystemId } from "../model/requirement.ts";
import type { Resolution } from "../model/resolution.ts";
import { didYouMean } from "../model/suggestion.ts";
import { CONFIGURATION_FILE_NAME } from "../workspace/configuration.ts";
import type { CommandContext, ExitStatus } from "./command-context.ts";
import { editManifestText, fileOf, manifestText, overlayFiles } from "./manifest-texts.ts";
import type { EditedManifest } from "./manifest-texts.ts";
import { writtenRange } from "./command-ranges.ts";
import type { PackageArgument } from "./package-argument.ts";
import { parsePackageArgument } from "./package-argument.ts";
import { resolveAndWrite } from "./resolve-and-write.ts";
import type { WriteFlags } from "./resolve-and-write.ts";
import { settingsOf, solve } from "./resolve-service.ts";
import { selectedVersion } from "./selected-version.ts";
import type { Service } from "./service.ts";
import { openService, readLock } from "./service.ts";
import { reportUnresolvable, stoppedError } from "./unresolved.ts";

/** Flags of `enki add` and `enki remove`. */
export interface EditFlags extends WriteFlags {
  readonly manifest?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly features?: readonly string[];
}

/** A package and the manifest whose requirement on it changes. */
interface Target extends EditedManifest {
  readonly argument: PackageArgument;
}

/** Adds requirements to manifests, resolves, and writes all of it, or nothing when there is no answer. */
export async function addRequirements(
  context: CommandContext,
  texts: readonly string[],
  flags: EditFlags,
): Promise<ExitStatus> {
  const service = await openService(context);
  const targets = texts.map((text) => targetOf(service, parsePackageArgument(text), flags.manifest));
  const open = targets.filter(({ argument }) => argument.range === undefined);
  let found: Resolution | undefined;
  if (open.length > 0) {
    // What the newest admissible version is, the first solve tells; its range is what gets written.
    const tried = overlayFiles(
      context,
      editedFiles(context, targets, flags, () => "*"),
    );
    const triedService = await openService(tried);
    const locked = readLock(tried)?.resolution;
    const settings = settingsOf(tried, triedService, flags, locked);
    const previous = withoutPins(locked, open);
    const { result } = await solve(tried, triedService, settings, flags, previous);
    if (result.kind === "unsatisfiable") {
      const failed = { context: tried, service: triedService, settings, flags, previous };
      return reportUnresolvable(failed, result, flags.json === true);
    }
    if (result.kind === "stopped") throw stoppedError(result);
    found = result.resolution;
  }
  const edited = editedFiles(context, targets, flags, ({ ecosystem, argument }) => {
    const version = found === undefined ? undefined : selectedVersion(found, ecosystem.id, argument.name);
    return version === undefined ? "*" : (ecosystem.rangeForNew?.(version) ?? "*");
  });
  return resolveAndWrite(overlayFiles(context, edited), flags, { manifests: [], edited });
}

/** Removes requirements from manifests, resolves, and writes all of it. */
export async function removeRequirements(
  context: CommandContext,
  texts: readonly string[],
  flags: EditFlags,
): Promise<ExitStatus> {
  const service = await openService(context);
  const edited = new Map<string, string>();
  for (const text of texts) {
    const { ecosystem, name } = parsePackageArgument(text);
    const holders = service.workspace.manifests.filter(
      (manifest) =>
        (ecosystem === undefined || manifest.ecosystem === ecosystem) &&
        (flags.manifest === undefined || manifest.file === flags.manifest) &&
        manifest.requirements.some((requirement) => requirement.name === name),
    );
    const [holder] = holders;
    if (holder === undefined) {
      const names = service.workspace.manifests.flatMap(({ requirements }) => requirements.map((one) => one.name));
      throw new EnkiError("not-found", `no manifest requires ${JSON.stringify(text)}`, {
        hint: didYouMean(name, names),
      });
    }
    if (new Set(holders.map((manifest) => manifest.ecosystem)).size > 1) {
      const choices = holders.map((manifest) => `${manifest.ecosystem}:${name}`).join(" or ");
      throw new EnkiError("usage", `several ecosystems have a ${name} here`, { hint: `say ${choices}` });
    }
    for (const { file, ecosystem: id } of holders) {
      const target = { file: fileOf(file), ecosystem: ecosystemOf(service, id) };
      const before = edited.get(target.file) ?? manifestText(context, target.file);
      const after = editManifestText(target, before, { added: [], removed: [name] });
      if (after === before) {
        throw new EnkiError("usage", `${target.file} requires ${name} in a way that can't be removed automatically`, {
          hint: "remove it by hand, then run `enki resolve`",
        });
      }
      edited.set(target.file, after);
    }
  }
  return resolveAndWrite(overlayFiles(context, edited), flags, { manifests: [], edited });
}

/** The texts of all manifests that change, with every requirement written. */
function editedFiles(
  context: CommandContext,
  targets: readonly Target[],
  flags: EditFlags,
  rangeOf: (target: Target) => string,
): ReadonlyMap<string, string> {
  const group: RequirementGroup = flags.dev === true ? "dev" : flags.optional === true ? "optional" : "runtime";
  if (flags.dev === true && flags.optional === true) {
    throw new EnkiError("usage", "--dev and --optional contradict each other");
  }
  const edited = new Map<string, string>();
  for (const target of targets) {
    const { name, features, range } = target.argument;
    const added: AddedRequirement = {
      name,
      range: range === undefined ? rangeOf(target) : writtenRange(target.ecosystem, range),
      group,
      features: [...new Set([...features, ...(flags.features ?? [])])],
    };
    const before = edited.get(target.file) ?? manifestText(context, target.file);
    edited.set(target.file, editManifestText(target, before, { added: [added], removed: [] }));
  }
  return edited;
}

function targetOf(service: Service, argument: PackageArgument, manifest: string | undefined): Target {
  const native = service.workspace.manifests.filter(({ file }) => fileOf(file) !== CONFIGURATION_FILE_NAME);
  const present = [...new Set(native.map(({ ecosystem }) => ecosystem))];
  const [only, ...more] = present;
  const named = manifest === undefined ? undefined : ecosystemOfFile(service, manifest);
  const id = argument.ecosystem ?? named ?? (more.length === 0 ? only : undefined);
  if (id === undefined) {
    const choices = (present.length > 0 ? present : [...service.ecosystems.keys()]).map(
      (one) => `${one}:${argument.name}`,
    );
    throw new EnkiError("usage", `which ecosystem has the ${argument.name} that is meant?`, {
      hint: `say ${choices.join(" or ")}`,
    });
  }
  const ecosystem = ecosystemOf(service, id);
  if (manifest !== undefined) {
    if (named !== undefined && named !== id) {
      throw new EnkiError("usage", `${manifest} is no manifest of ${ecosystem.title}`);
    }
    return { argument, ecosystem, file: manifest };
  }
  const files = native.flatMap(({ ecosystem: one, file }) => (one === id ? [file] : []));
  if (files.length > 1) {
    throw new EnkiError("usage", `there are several manifests of ${ecosystem.title}: ${files.join(", ")}`, {
      hint: "choose one with --manifest",
    });
  }
  return { argument, ecosystem, file: files[0] ?? CONFIGURATION_FILE_NAME };
}

function ecosystemOf({ ecosystems }: Service, id: EcosystemId): Ecosystem {
  const ecosystem = ecosystems.get(id);
  if (ecosystem !== undefined) return ecosystem;
  const known = [...ecosystems.keys()];
  const hint = didYouMean(id, known) ?? `it knows ${known.join(", ")}`;
  throw new EnkiError("usage", `Enki knows no ecosystem ${JSON.stringify(id)}`, { hint });
}

function ecosystemOfFile({ ecosystems }: Service, file: string): EcosystemId | undefined {
  return [...ecosystems.values()].find((ecosystem) => ecosystem.isManifest(basename(file)))?.id;
}

/** An older version that something else has locked is not what a new requirement is about. */
function withoutPins(previous: Resolution | undefined, targets: readonly Target[]): Resolution | undefined {
  if (previous === undefined) return undefined;
  const isFree = (id: EcosystemId, name: string): boolean =>
    targets.some(({ argument, ecosystem }) => argument.name === name && ecosystem.id === id);
  return { ...previous, packages: previous.packages.filter(({ ecosystem, name }) => !isFree(ecosystem, name)) };
}
