import type { CanonicalRecord } from "../model/canonical-json.ts";
import { canonicalJson } from "../model/canonical-json.ts";
import { EnkiError } from "../model/enki-error.ts";
import { neutralise, neutraliseLines } from "../model/neutralise.ts";
import type { Origin } from "../model/origin.ts";
import { explain } from "../report/explanation/explain.ts";
import type { Explanation, ExplanationPremise } from "../report/explanation/explain.ts";
import type { Unfinished, Unresolvable } from "../resolve/request.ts";
import type { CommandContext, ExitStatus } from "./command-context.ts";
import { diagnosticRecord } from "./outcome-report.ts";

/** Says why there is no answer and what can be done about it; as JSON too when asked. */
export function reportUnresolvable({ shell }: CommandContext, result: Unresolvable, isJson: boolean): ExitStatus {
  const explanation = explain(result.derivation, result.narrator);
  const { paint } = shell;
  shell.complain(`${paint("error", "error")}${paint("heading", `: there is no answer for ${result.system}`)}`);
  shell.complain(neutraliseLines(explanation.text));
  if (result.alsoTried.length > 0) shell.complain(alsoTried(result));
  for (const { text } of explanation.hints) shell.complain(`${paint("note", "hint")}: ${neutralise(text)}`);
  if (isJson) shell.data(unresolvableJson(result, explanation));
  return 1;
}

/** The whole explanation as a document. */
export function explanationText(result: Unresolvable, format: "prose" | "tree" | "json"): string {
  const explanation = explain(result.derivation, result.narrator);
  if (format === "json") return unresolvableJson(result, explanation);
  const lines = [
    neutraliseLines(format === "tree" ? explanation.tree : explanation.text),
    ...(result.alsoTried.length > 0 ? [alsoTried(result)] : []),
    ...explanation.hints.map(({ text }) => `hint: ${neutralise(text)}`),
  ];
  return `${lines.join("\n")}\n`;
}

function alsoTried(result: Unresolvable): string {
  return `The same holds with ${result.alsoTried.map(neutralise).join(", ")}.`;
}

function unresolvableJson(result: Unresolvable, { text, steps, hints }: Explanation): string {
  return canonicalJson({
    status: "unsatisfiable",
    system: result.system,
    explanation: text,
    steps: steps.map(({ because, conclusion }) => ({ because: because.map(premiseRecord), conclusion })),
    hints: hints.map(({ code, package: name, versions, text: sentence }) => ({
      code,
      package: name,
      versions,
      text: sentence,
    })),
    alsoTried: result.alsoTried,
    diagnostics: result.diagnostics.map(diagnosticRecord),
  });
}

function premiseRecord(premise: ExplanationPremise): CanonicalRecord {
  if (premise.kind === "step") return { step: premise.step };
  return { fact: premise.text, place: premise.place === undefined ? undefined : placeRecord(premise.place) };
}

function placeRecord({ file, line, column }: Origin): CanonicalRecord {
  return { file, line, column };
}

const LIMITS: Readonly<Record<Exclude<Unfinished["reason"], "aborted">, string>> = {
  steps: "the limit of steps (--max-steps)",
  time: "the time limit (--timeout)",
  memory: "the limit of memory",
};

/** The error for a resolution that a limit or the user ended. */
export function stoppedError({ reason, decided, system }: Unfinished): EnkiError {
  if (reason === "aborted") return new EnkiError("aborted", "interrupted");
  const message = `${LIMITS[reason]} was reached before there was an answer for ${system}; ${String(decided)} packages were decided`;
  return new EnkiError("limit-exceeded", message, {
    hint: "raise the limit, or narrow the requirements that leave most to choose",
  });
}
