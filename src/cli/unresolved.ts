import { canonicalJson } from "../model/canonical-json.ts";
import { EnkiError } from "../model/enki-error.ts";
import type { Unfinished, Unresolvable } from "../resolve/request.ts";
import type { CommandContext, ExitStatus } from "./command-context.ts";
import { diagnosticRecord } from "./outcome-report.ts";

/** Says why there is no answer. */
export async function reportUnresolvable(
  { shell }: CommandContext,
  result: Unresolvable,
  isJson: boolean,
): Promise<ExitStatus> {
  const { explain } = await import("./explain-unresolvable.ts");
  shell.complain(
    `${shell.paint("error", "error")}${shell.paint("heading", `: there is no answer for ${result.system}`)}`,
  );
  shell.complain(explain(result, shell.paint));
  if (isJson) {
    const { paint } = { paint: (_role: string, text: string): string => text };
    shell.data(
      canonicalJson({
        status: "unsatisfiable",
        system: result.system,
        explanation: explain(result, paint),
        alsoTried: result.alsoTried,
        diagnostics: result.diagnostics.map(diagnosticRecord),
      }),
    );
  }
  return 1;
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
