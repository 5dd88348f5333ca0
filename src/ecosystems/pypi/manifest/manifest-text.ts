/** Places and problems of requirements inside a manifest's text. */
import type { Diagnostic } from "../../../model/diagnostic.ts";
import type { Origin } from "../../../model/origin.ts";
import type { TextDocument } from "../../../formats/text-document.ts";
import { parseRequirement, type PypiRequirement } from "../pep/requirement.ts";
import type { SyntaxProblem } from "../pep/text-scanner.ts";

/** Collects what is wrong while a manifest is read. */
export class ManifestProblems {
  readonly diagnostics: Diagnostic[] = [];
  readonly file: string;
  readonly #lineText: (line: number) => string;

  constructor(file: string, lineText: (line: number) => string) {
    this.file = file;
    this.#lineText = lineText;
  }

  /** Reports a problem at a place. */
  add(severity: "error" | "warning", code: string, message: string, origin: Origin | undefined, help?: string): void {
    const sourceLine = origin?.line === undefined ? undefined : this.#lineText(origin.line);
    this.diagnostics.push({
      code,
      severity,
      message,
      origin: origin ?? { file: this.file },
      ...(sourceLine === undefined ? {} : { sourceLine }),
      ...(help === undefined ? {} : { help }),
    });
  }

  /** Reports a problem inside a text that starts at `origin`, after `skipped` units (a quotation mark). */
  addInside(problem: SyntaxProblem, text: string, origin: Origin | undefined, skipped: number): void {
    const place =
      origin?.column === undefined
        ? origin
        : { ...origin, column: origin.column + skipped + problem.offset, length: problem.length };
    this.add(
      "error",
      "pypi-invalid-requirement",
      `${JSON.stringify(text)} is no requirement: ${problem.message}`,
      place,
      "a requirement looks like name[extra]>=1.0,<2; marker (PEP 508)",
    );
  }
}

/** Reads a requirement that stands as a string in a document, reporting what is wrong with it. */
export function requirementAt(
  text: string,
  path: readonly (string | number)[],
  document: TextDocument,
  problems: ManifestProblems,
): { readonly requirement: PypiRequirement; readonly text: string; readonly origin: Origin } | undefined {
  const origin = document.originOf(path) ?? { file: problems.file };
  const parsed = parseRequirement(text);
  if (!parsed.ok) {
    problems.addInside(parsed.problem, text, origin, 1);
    return undefined;
  }
  return { requirement: parsed.value, text: text.trim(), origin };
}
