import type { Diagnostic, Severity } from "../model/diagnostic.ts";
import { EnkiError } from "../model/enki-error.ts";
import { neutralise, neutraliseLines } from "../model/neutralise.ts";
import { coverCredentials } from "../net/redact.ts";
import type { Origin } from "../model/origin.ts";
import type { Paint, Role } from "../report/paint.ts";

const SEVERITY_ROLES: Readonly<Record<Severity, Role>> = { error: "error", warning: "warning", note: "note" };

/** The columns of a source line that are shown around a place. */
const SHOWN_COLUMNS = 100;

/** `error: …`, the place, the line with the place underlined, and what to do. */
export function renderDiagnostic(diagnostic: Diagnostic, paint: Paint): string {
  const { severity, message, origin, sourceLine, help } = diagnostic;
  const lines = [`${paint(SEVERITY_ROLES[severity], severity)}${paint("heading", `: ${neutralise(message)}`)}`];
  const margin = " ".repeat(String(origin?.line ?? "").length);
  if (origin !== undefined) lines.push(`${margin}${paint("note", "-->")} ${neutralise(placeOf(origin))}`);
  if (origin?.line !== undefined && sourceLine !== undefined && sourceLine !== "") {
    lines.push(...renderSource(origin, origin.line, sourceLine, severity, paint));
  }
  if (help !== undefined) lines.push(`${margin} ${paint("note", "= help:")} ${neutralise(help)}`);
  return lines.join("\n");
}

/** Diagnostics of one kind that are shown; a large service has hundreds of packages that wish for another toolchain. */
const SHOWN_OF_A_KIND = 5;

/** Diagnostics one below the other; of each kind a few, and how many more there are, unless all are wanted. */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  paint: Paint,
  showsAll: boolean,
): readonly string[] {
  const counts = new Map<string, number>();
  const shown = diagnostics.filter(({ code }) => {
    const count = (counts.get(code) ?? 0) + 1;
    counts.set(code, count);
    return showsAll || count <= SHOWN_OF_A_KIND;
  });
  const hidden = diagnostics.length - shown.length;
  const texts = shown.map((diagnostic) => renderDiagnostic(diagnostic, paint));
  return hidden === 0
    ? texts
    : [...texts, paint("dim", `… and ${String(hidden)} more of the same kinds (--verbose shows all)`)];
}

/** `web/package.json:3:14`. */
function placeOf({ file, line, column }: Origin): string {
  return [file, line, column].filter((part) => part !== undefined).join(":");
}

function renderSource(
  { column = 1, length = 1 }: Origin,
  line: number,
  writtenLine: string,
  severity: Severity,
  paint: Paint,
): readonly string[] {
  const sourceLine = coverCredentials(writtenLine);
  // Long lines (minified JSON) are cut to a window around the place.
  const start = column > SHOWN_COLUMNS - 20 ? column - 41 : 0;
  const end = start + SHOWN_COLUMNS;
  const before = neutralise(expandTabs(sourceLine.slice(start, column - 1)));
  const marked = neutralise(expandTabs(sourceLine.slice(column - 1, Math.min(column - 1 + length, end))));
  const after = neutralise(expandTabs(sourceLine.slice(Math.min(column - 1 + length, end), end)));
  const lead = start > 0 ? "…" : "";
  const tail = end < sourceLine.length ? "…" : "";
  const number = String(line);
  const margin = " ".repeat(number.length);
  const bar = paint("note", "|");
  const underline = "^".repeat(Math.max(1, displayWidth(marked)));
  return [
    `${margin} ${bar}`,
    `${paint("note", number)} ${bar} ${lead}${before}${marked}${after}${tail}`,
    `${margin} ${bar} ${" ".repeat(lead.length + displayWidth(before))}${paint(SEVERITY_ROLES[severity], underline)}`,
  ];
}

function expandTabs(text: string): string {
  return text.replaceAll("\t", "  ");
}

/** Terminal columns: two for the wide letters of East Asia and emoji, none for combining marks. */
function displayWidth(text: string): number {
  let width = 0;
  for (const letter of text) {
    if (/\p{Mark}/u.test(letter)) continue;
    width +=
      /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|\p{Emoji_Presentation}/u.test(
        letter,
      )
        ? 2
        : 1;
  }
  return width;
}

/** An error as a person reads it: its diagnostics, what it says, what to do, and with `verbose` where it came from. */
export function renderError(error: unknown, paint: Paint, isVerbose: boolean): string {
  if (!(error instanceof EnkiError)) return renderDefect(error, paint, isVerbose);
  const lines = error.diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, paint));
  lines.push(`${paint("error", "error")}${paint("heading", `: ${neutraliseLines(error.message)}`)}`);
  if (error.hint !== undefined) lines.push(` ${paint("note", "= help:")} ${indented(error.hint)}`);
  if (isVerbose) {
    lines.push(paint("dim", ` = code: ${error.code} (docs/errors.md#${error.code})`));
    for (let cause = error.cause; cause instanceof Error; cause = cause.cause) {
      lines.push(paint("dim", ` = cause: ${neutralise(cause.message)}`));
    }
  }
  return lines.join("\n");
}

/** Lines behind the first stand below it. */
function indented(text: string): string {
  return neutraliseLines(text.trimEnd()).replaceAll(/\n(?=[^\n])/g, "\n   ");
}

function renderDefect(error: unknown, paint: Paint, isVerbose: boolean): string {
  const message = error instanceof Error ? error.message : String(error);
  const lines = [
    `${paint("error", "error")}${paint("heading", `: Enki itself failed: ${neutralise(message)}`)}`,
    ` ${paint("note", "= help:")} this is a defect; please report it with the output of the same command and --verbose`,
  ];
  if (isVerbose && error instanceof Error) lines.push(paint("dim", neutraliseLines(error.stack ?? "")));
  return lines.join("\n");
}
