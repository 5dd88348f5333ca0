import { EnkiError } from "../model/enki-error.ts";
import type { Ecosystem } from "../ecosystems/ecosystem.ts";
import type { Resolution, ResolvedPackage } from "../model/resolution.ts";
import type { EcosystemId } from "../model/requirement.ts";
import { didYouMean } from "../model/suggestion.ts";
import { TOOL_FLAGS } from "../workspace/settings.ts";
import { VersionQuestion, type AskedVersion } from "../resolve/version-question.ts";
import { writtenRange } from "./command-ranges.ts";
import { parsePackageArgument } from "./package-argument.ts";
import type { Service } from "./service.ts";
import { quoted } from "./shell-word.ts";

/** What is meant as that version, though it may be a range where a manifest says it (`1.0.200` of cargo). */
const COMPLETE = /^\d+\.\d+\.\d/u;

/** What is meant as all versions that start so, whatever the ecosystem takes it for. */
const SERIES = /^\d+(?:\.\d+)?$/u;

/** The package that a command line names, with the version or range that it should have. */
export interface AskedPackage {
  readonly ecosystem: Ecosystem;
  readonly name: string;
  readonly text: string;
}

/**
 * The package of a resolution that `text` means (`npm:react@19`, `numpy>=2`). Throws an EnkiError: `usage` where no
 * version is named or several ecosystems have the package, `not-found` where nothing needs it.
 */
export function askedPackage(service: Service, present: Resolution, text: string): AskedPackage {
  const { ecosystem: id, name, range } = parsePackageArgument(text);
  if (range === undefined) {
    throw new EnkiError("usage", `which version of ${name} is asked for?`, { hint: `say for example ${text}@1.2.3` });
  }
  const isMeant = (one: ResolvedPackage): boolean => id === undefined || one.ecosystem === id;
  const named = present.packages.filter((one) => isMeant(one) && one.name === name);
  const found = [...new Set(named.map((one) => one.ecosystem))];
  const [only, second] = found;
  if (only !== undefined && second !== undefined) {
    const choices = found.map((one) => `${one}:${name}`).join(" or ");
    throw new EnkiError("usage", `several ecosystems have a ${name} here`, { hint: `say ${choices}` });
  }
  const ecosystem = service.ecosystems.get(only ?? "");
  if (ecosystem !== undefined) return { ecosystem, name, text: range };
  refuseTool(service, present, id, name, range);
  const names = present.packages.filter(isMeant).map((one) => one.name);
  const title = service.ecosystems.get(id ?? "")?.title;
  const hint = didYouMean(name, names) ?? `\`enki add ${text}\` would require it`;
  throw new EnkiError("not-found", `nothing here needs ${title === undefined ? "" : `${title}'s `}${name}`, { hint });
}

/** Toolchains are asked for by flags. */
function refuseTool(
  { ecosystems }: Service,
  { targets }: Resolution,
  id: EcosystemId | undefined,
  name: string,
  range: string,
): void {
  const offersTools = id === undefined || ecosystems.get(id)?.toolCandidates !== undefined;
  const flag = [...TOOL_FLAGS].find(([, tool]) => tool === name)?.[0];
  if (!offersTools || flag === undefined || targets.every(({ tools }) => tools[name] === undefined)) return;
  throw new EnkiError("usage", `${name} is a toolchain here, which flags choose`, {
    hint: `\`enki explain --${flag} ${quoted(range)}\` tells whether there is an answer with that one`,
  });
}

/** The question whether a service can have the package at that version. */
export function questionAbout({ ecosystem, name, text }: AskedPackage, isEverywhere: boolean): VersionQuestion {
  const range = writtenRange(ecosystem, text);
  const isRange = isReadable(ecosystem, range) && !(COMPLETE.test(text) && ecosystem.rangeForExact === undefined);
  const asked: AskedVersion = {
    ecosystem: ecosystem.id,
    name,
    text,
    isEverywhere,
    inRange(version) {
      if (!isRange) return version.replace(/\+.*$/u, "") === text;
      return ecosystem.rangeAdmits(range, version) || (SERIES.test(text) && version.startsWith(`${text}.`));
    },
  };
  return new VersionQuestion(asked);
}

/** What is no range may still be what a version is called. */
function isReadable(ecosystem: Ecosystem, range: string): boolean {
  try {
    ecosystem.rangeAdmits(range, "1.0.0");
    return true;
  } catch (error) {
    if (error instanceof EnkiError) return false;
    throw error;
  }
}
