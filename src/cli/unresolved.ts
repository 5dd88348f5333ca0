import type { CanonicalRecord } from "../model/canonical-json.ts";
import { canonicalJson } from "../model/canonical-json.ts";
import { EnkiError } from "../model/enki-error.ts";
import { neutralise, neutraliseLines } from "../model/neutralise.ts";
import type { Origin } from "../model/origin.ts";
import { explain } from "../report/explanation/explain.ts";
import type { Explanation, ExplanationPremise } from "../report/explanation/explain.ts";
import type { Unfinished, Unresolvable } from "../resolve/request.ts";
import type { SolverStatistics } from "../solver/outcome.ts";
import type { ExitStatus } from "./command-context.ts";
import { diagnosticRecord } from "./outcome-report.ts";
import type { Suggestion } from "./suggest-changes.ts";
import { suggestChanges } from "./suggest-changes.ts";
import type { FailedAttempt } from "./suggestion-trial.ts";

/** Says why there is no answer and what can be done about it; as JSON too when asked. */
export async function reportUnresolvable(
  failed: FailedAttempt,
  result: Unresolvable,
  isJson: boolean,
  format: "prose" | "tree" = "prose",
): Promise<ExitStatus> {
  const explanation = explain(result.derivation, result.narrator);
  const { shell } = failed.context;
  const { paint } = shell;
  shell.complain(`${paint("error", "error")}${paint("heading", `: there is no answer for ${result.system}`)}`);
  shell.complain(neutraliseLines(format === "tree" ? explanation.tree : explanation.text));
  for (const line of alsoTried(result)) shell.complain(line);
  for (const { text } of explanation.hints) shell.complain(`${paint("note", "hint")}: ${neutralise(text)}`);
  const suggestions = await suggestChanges(failed, result);
  for (const { text } of suggestions) shell.complain(`${paint("note", "hint")}: ${text}`);
  if (isJson) shell.data(unresolvableJson(result, explanation, suggestions));
  return 1;
}

/** What an explanation is made of; a captured problem has no more. */
export type Unexplained = Pick<Unresolvable, "derivation" | "narrator" | "system"> & Partial<Unresolvable>;

/** The whole explanation as a document. */
export function explanationText(
  result: Unexplained,
  format: "prose" | "tree" | "json",
  suggestions: readonly Suggestion[] = [],
): string {
  const explanation = explain(result.derivation, result.narrator);
  if (format === "json") return unresolvableJson(result, explanation, suggestions);
  const lines = [
    neutraliseLines(format === "tree" ? explanation.tree : explanation.text),
    ...alsoTried(result),
    ...explanation.hints.map(({ text }) => `hint: ${neutralise(text)}`),
    ...suggestions.map(({ text }) => `hint: ${text}`),
  ];
  return `${lines.join("\n")}\n`;
}

function alsoTried({ alsoTried: tools = [] }: Unexplained): readonly string[] {
  return tools.length === 0 ? [] : [`The same holds with ${tools.map(neutralise).join(", ")}.`];
}

function unresolvableJson(
  result: Unexplained,
  { text, tree, steps, hints }: Explanation,
  suggestions: readonly Suggestion[],
): string {
  return canonicalJson({
    status: "unsatisfiable",
    system: result.system,
    explanation: text,
    steps: steps.map(({ because, conclusion }) => ({ because: because.map(premiseRecord), conclusion })),
    tree,
    hints: hints.map(({ code, package: name, versions, text: sentence, details }) => ({
      code,
      package: name,
      versions,
      text: sentence,
      details,
    })),
    suggestions: suggestions.map(({ requirements, version, setting, command, text: sentence }) => ({
      requirements: requirements.map(({ place, ...one }) => ({ ...one, place: placeRecord(place) })),
      version,
      setting,
      command,
      text: sentence,
    })),
    alsoTried: result.alsoTried ?? [],
    diagnostics: (result.diagnostics ?? []).map(diagnosticRecord),
  });
}

function premiseRecord(premise: ExplanationPremise): CanonicalRecord {
  if (premise.kind === "step") return { step: premise.step };
  const { text, record, place } = premise;
  return { text, fact: record, place: place === undefined ? undefined : placeRecord(place) };
}

function placeRecord({ file, line, column }: Origin): CanonicalRecord {
  return { file, line, column };
}

const LIMITS: Readonly<Record<Exclude<Unfinished["reason"], "aborted" | "answers">, string>> = {
  steps: "the limit of steps (--max-steps)",
  time: "the time limit (--timeout)",
  memory: "the limit of memory",
};

/** The error for a resolution that a limit or the user ended. */
export function stoppedError(result: Unfinished): EnkiError {
  return stoppedReason(result, result.system, result.statistics.at(-1));
}

function count(number: number, noun: string): string {
  return `${String(number)} ${noun}${number === 1 ? "" : "s"}`;
}

/** The same for one run of the solver; `problem` says what it was about. */
export function stoppedReason(
  { reason, decided, undecided, contested }: Pick<Unfinished, "reason" | "decided" | "undecided" | "contested">,
  problem: string,
  statistics: SolverStatistics | undefined,
): EnkiError {
  const work =
    statistics === undefined
      ? ""
      : ` after ${count(statistics.decisions, "decision")} and ${count(statistics.conflicts, "conflict")}`;
  const waiting = undecided === 0 ? "" : `, and ${String(undecided)} more waited`;
  const reached = `${count(decided, "package")} ${decided === 1 ? "was" : "were"} decided${work}${waiting}`;
  if (reason === "aborted")
    return new EnkiError("aborted", `interrupted before there was an answer for ${problem}; ${reached}`);
  if (reason === "answers") {
    const message = `no answer for ${problem} was found that can be installed there: what was tried holds ${contested.join(", ")}; ${reached}`;
    return new EnkiError("limit-exceeded", message, {
      hint: "narrow the requirements that lead there to versions that are for this system, or name other systems (--system)",
    });
  }
  const message = `${LIMITS[reason]} was reached before there was an answer for ${problem}; ${reached}`;
  return new EnkiError("limit-exceeded", message, {
    hint:
      contested.length === 0
        ? "raise the limit, or narrow the requirements that leave most to choose"
        : `raise the limit, or narrow the requirements on what took part in most conflicts: ${contested.join(", ")}`,
  });
}
