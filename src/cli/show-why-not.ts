import { canonicalJson } from "../model/canonical-json.ts";
import { EnkiError } from "../model/enki-error.ts";
import { neutralise } from "../model/neutralise.ts";
import type { Resolution } from "../model/resolution.ts";
import { askerLines, copiesOf, type Copy } from "../report/copies.ts";
import { listed } from "../report/explanation/lists.ts";
import { diffResolutions, type PackageChange, renderChanges } from "../report/lock-diff.ts";
import { nearVersions } from "../report/near-versions.ts";
import type { ResolveResult, Unresolvable } from "../resolve/request.ts";
import type { VersionQuestion } from "../resolve/version-question.ts";
import { type AskedPackage, askedPackage, questionAbout } from "./ask-version.ts";
import type { CommandContext, ExitStatus } from "./command-context.ts";
import type { NetworkFlags, PolicyFlags } from "./common-options.ts";
import { forgetPins } from "./forget-pins.ts";
import { importedPins } from "./imported-pins.ts";
import { settingsOf, solve } from "./resolve-service.ts";
import { openService, readLock } from "./service.ts";
import { silentShell } from "./shell.ts";
import { suggestChanges } from "./suggest-changes.ts";
import type { FailedAttempt } from "./suggestion-trial.ts";
import { explanationText, reportUnresolvable, stoppedError } from "./unresolved.ts";
import { wayToVersion } from "./way-to-version.ts";

/** Flags of `enki why-not`. */
export interface WhyNotRequest extends NetworkFlags, PolicyFlags {
  readonly json?: boolean;
}

/** What was asked, of which service, and the answer that it has as it is. */
interface Inquiry extends FailedAttempt {
  readonly asked: AskedPackage;
  readonly present: Resolution;
  readonly hasLock: boolean;
  readonly isJson: boolean;
}

/**
 * Says what stands in the way of a version. First every dependent that could use it has to; where that gives it to
 * nobody, all have to, which finds other versions of the dependents, or proves that there are none.
 */
export async function showWhyNot(context: CommandContext, query: string, request: WhyNotRequest): Promise<ExitStatus> {
  const isJson = request.json === true;
  const service = await openService(context);
  const locked = readLock(context)?.resolution;
  const settings = settingsOf(context, service, request, locked);
  const previous = locked ?? importedPins(context, service).previous;
  const { result } = await solve(context, service, settings, request, previous);
  const attempt = { context, service, settings, flags: request, previous };
  if (result.kind === "unsatisfiable") return reportUnresolvable(attempt, result, isJson);
  if (result.kind === "stopped") throw stoppedError(result);
  const present = result.resolution;
  const asked = askedPackage(service, present, query);
  const inquiry: Inquiry = { ...attempt, asked, present, hasLock: locked !== undefined, isJson };
  const question = questionAbout(asked, false);
  const answer = await ask(inquiry, question);
  const existing = [...question.existing];
  // Where a setting offers other versions, it is worth trying.
  const mayHaveOthers = asked.ecosystem.otherSettings !== undefined;
  if (!mayHaveOthers && existing.length > 0 && !existing.some((version) => question.admits(version))) {
    refuseUnknown(inquiry, existing);
  }
  if (answer.kind === "unsatisfiable") return explainWhyNot(inquiry, question, answer, []);
  if (answer.kind === "stopped") throw stoppedError(answer);
  if (isThere(inquiry, question, present)) return reportPresent(inquiry, question);
  if (existing.length === 0) refuseElsewhere(inquiry);
  if (isThere(inquiry, question, answer.resolution)) return reportPossible(inquiry, question, answer.resolution);
  const copies = copiesOf(answer.resolution, asked.ecosystem.id, asked.name);
  const everywhere = questionAbout(asked, true);
  const other = await ask(inquiry, everywhere);
  if (other.kind === "unsatisfiable") return explainWhyNot(inquiry, everywhere, other, copies);
  if (other.kind === "stopped") throw stoppedError(other);
  if (isThere(inquiry, everywhere, other.resolution)) return reportPossible(inquiry, everywhere, other.resolution);
  return reportUnneeded(inquiry, everywhere, other.resolution);
}

/** Resolves again, quietly: the warnings were said the first time. */
async function ask(inquiry: Inquiry, question: VersionQuestion): Promise<ResolveResult> {
  const { context, service, settings, flags, asked, present } = inquiry;
  const quiet = { ...context, shell: silentShell(context.host) };
  const pins = forgetPins(present, [`${asked.ecosystem.id}:${asked.name}`]);
  return (await solve(quiet, service, settings, { ...flags, question }, pins)).result;
}

function isThere({ asked }: Inquiry, question: VersionQuestion, resolution: Resolution): boolean {
  return copiesOf(resolution, asked.ecosystem.id, asked.name).some(({ version }) => question.admits(version));
}

function refuseUnknown({ asked: { ecosystem, name, text } }: Inquiry, existing: readonly string[]): never {
  const near = nearVersions(existing, text);
  const among = existing.length === near.length ? "" : `, of its ${String(existing.length)} versions the nearest`;
  throw new EnkiError("not-found", `${ecosystem.title} has no ${name} ${text}`, {
    hint: `there ${near.length === 1 ? "is only" : "are"} ${listed(near, "and")}${among}`,
  });
}

/** Git repositories, files, folders of the project, crates inside of other packages: nothing is chosen there. */
function refuseElsewhere({ asked, present }: Inquiry): never {
  const versions = copiesOf(present, asked.ecosystem.id, asked.name).map(({ version }) => version);
  throw new EnkiError("not-found", `${asked.name} ${listed(versions, "and")} is not chosen from a registry here`, {
    hint: `\`enki why ${asked.ecosystem.id}:${asked.name}\` tells what asks for it`,
  });
}

function reportPresent({ context, asked, present, isJson }: Inquiry, question: VersionQuestion): ExitStatus {
  const copies = copiesOf(present, asked.ecosystem.id, asked.name);
  const { versions, others } = apart(copies, question);
  if (isJson) {
    context.shell.data(outcomeJson("present", asked, versions, others, []));
    return 0;
  }
  context.shell.data(
    [
      `${label(asked)} ${listed(versions, "and")} ${isOrAre(versions)} part of the answer already`,
      ...beside(asked, others),
    ].join("\n"),
  );
  return 0;
}

async function reportPossible(inquiry: Inquiry, question: VersionQuestion, answer: Resolution): Promise<ExitStatus> {
  const { context, service, settings, flags, asked, present, hasLock, isJson } = inquiry;
  const quiet = { ...context, shell: silentShell(context.host) };
  const way = await wayToVersion({
    asked,
    present,
    answer,
    hasLock,
    isThere: (resolution) => isThere(inquiry, question, resolution),
    solve: async (previous) => (await solve(quiet, service, settings, flags, previous)).result,
  });
  const resolution = way?.resolution ?? answer;
  const copies = copiesOf(resolution, asked.ecosystem.id, asked.name);
  const { versions, others } = apart(copies, question);
  const changes = diffResolutions(present, resolution);
  const { shell } = context;
  if (isJson) {
    shell.data(outcomeJson("possible", asked, versions, others, changes, way?.command));
    return 0;
  }
  const more = changes.filter(({ ecosystem, name }) => ecosystem !== asked.ecosystem.id || name !== asked.name);
  shell.data(
    [
      `${label(asked)} ${listed(versions, "and")} ${isOrAre(versions)} possible; ${more.length === 0 ? "nothing else changes" : "this changes too:"}`,
      ...renderChanges(more, shell.dataPaint).map((line) => `  ${line}`),
      ...beside(asked, others),
      way === undefined
        ? `no update of pins brings it about: require ${asked.name} ${listed(versions, "or")} in a manifest`
        : `to get it: ${way.command}`,
    ].join("\n"),
  );
  return 0;
}

/** Nothing needs the package any more once it has to be at that version. */
function reportUnneeded(inquiry: Inquiry, question: VersionQuestion, answer: Resolution): ExitStatus {
  const { context, asked, present, isJson } = inquiry;
  const { shell } = context;
  const copies = copiesOf(present, asked.ecosystem.id, asked.name);
  const changes = diffResolutions(present, answer);
  if (isJson) {
    shell.data(outcomeJson("not-needed", asked, [], copies, changes));
    return 1;
  }
  const left = copiesOf(answer, asked.ecosystem.id, asked.name);
  const unusable = [...question.unusable].map(([version, why]) => neutralise(`${asked.name} ${version} ${why}`));
  shell.data(
    [
      `no part of the answer needs ${label(asked)} ${neutralise(asked.text)}`,
      ...unusable,
      "what requires it now:",
      ...askerLines(asked.name, copies).map((line) => `  ${line}`),
      `the answer without any other version of it ${left.length === 0 ? "has none at all" : "has it elsewhere only"}:`,
      ...renderChanges(changes, shell.dataPaint).map((line) => `  ${line}`),
      ...askerLines(asked.name, left).map((line) => `  ${line}`),
    ].join("\n"),
  );
  return 1;
}

async function explainWhyNot(
  inquiry: Inquiry,
  question: VersionQuestion,
  result: Unresolvable,
  copies: readonly Copy[],
): Promise<ExitStatus> {
  const { context, asked, isJson } = inquiry;
  const suggestions = await suggestChanges({ ...inquiry, flags: { ...inquiry.flags, question } }, result);
  const explanation = explanationText(result, isJson ? "json" : "prose", suggestions);
  const askers = askerLines(asked.name, copies).map((line) => `  ${line}\n`);
  const heading = `${label(asked)} ${neutralise(asked.text)} is not possible for ${result.system}\n`;
  context.shell.data(isJson ? explanation : `${heading}${askers.join("")}${explanation}`);
  return 1;
}

/** The versions that were asked for, each once, and the copies that are otherwise. */
function apart(copies: readonly Copy[], question: VersionQuestion) {
  const versions = copies.map(({ version }) => version).filter((version) => question.admits(version));
  return { versions: [...new Set(versions)], others: copies.filter(({ version }) => !question.admits(version)) };
}

function isOrAre({ length }: readonly string[]): string {
  return length === 1 ? "is" : "are";
}

function beside({ name }: AskedPackage, others: readonly Copy[]): readonly string[] {
  if (others.length === 0) return [];
  return ["beside it, for those that ask for others:", ...askerLines(name, others).map((line) => `  ${line}`)];
}

function label({ ecosystem, name }: AskedPackage): string {
  return `${ecosystem.id} ${neutralise(name)}`;
}

function outcomeJson(
  status: "present" | "possible" | "not-needed",
  { ecosystem, name, text }: AskedPackage,
  versions: readonly string[],
  others: readonly Copy[],
  changes: readonly PackageChange[],
  command?: string,
): string {
  return canonicalJson({
    status,
    ecosystem: ecosystem.id,
    name,
    asked: text,
    versions,
    others: others.map(({ version, askers }) => ({
      version,
      askers: askers.map(({ from, ranges }) => ({ from, ranges })),
    })),
    changes: changes.map((change) => ({ ...change })),
    command,
  });
}
