import { EnkiError } from "../../model/enki-error.ts";
import { OpamSyntaxError } from "./file/lexer.ts";
import { parseOpamConditions } from "./file/parser.ts";
import { IllTypedError } from "./filter.ts";
import { anyVersion, evaluateConditions, versionFulfils, type VersionFormula } from "./formula.ts";

/** What an unquoted version looks like; everything else in a range is operators and brackets. */
const bareVersion = /"(?:[^"\\]|\\.)*"|[A-Za-z0-9][A-Za-z0-9._+~-]*|~[A-Za-z0-9][A-Za-z0-9._+~-]*/gu;

/**
 * Reads a range as requirements outside opam files write it: the content of opam's braces, `>= "1.0" & < "2.0"`, where
 * the quotes may be left out, a comma may stand for `&`, a lone version means exactly that one, and `*` or nothing any.
 * Throws an EnkiError with the code `invalid-manifest`.
 */
export function parseRange(range: string): VersionFormula {
  const text = range.trim();
  if (text === "" || text === "*") return anyVersion;
  const quoted = text
    .replaceAll(",", " & ")
    .replace(bareVersion, (word) => (word.startsWith('"') ? word : JSON.stringify(word)));
  try {
    const isLoneVersion = quoted.startsWith('"') && quoted.indexOf('"', 1) === quoted.length - 1;
    const conditions = parseOpamConditions(isLoneVersion ? `= ${quoted}` : quoted);
    const formula = evaluateConditions(conditions, () => undefined);
    if (typeof formula !== "boolean") return formula;
  } catch (error) {
    if (!(error instanceof OpamSyntaxError || error instanceof IllTypedError)) throw error;
  }
  throw new EnkiError("invalid-manifest", `\`${range}\` is not a range of opam versions`, {
    hint: 'write conditions on the version, such as >= "1.0" & < "2.0"',
  });
}

/** Whether `version` lies in `range`. Throws an EnkiError for an unreadable range. */
export function rangeAdmits(range: string, version: string): boolean {
  return versionFulfils(parseRange(range), version);
}
