/** SPDX licence expressions (SPDX 2.3, annex D; PEP 639): `MIT OR (Apache-2.0 WITH LLVM-exception)`. */
import { exceptionIdentifiers, licenceIdentifiers } from "./spdx-identifiers.ts";

/** An expression whose every identifier SPDX knows. */
export interface LicenceExpression {
  /** In its proper spelling: operators in capitals, identifiers as SPDX writes them, single blanks. */
  readonly text: string;
  /** What it is made of, each once and in order; an exception stays with what it follows: `GPL-2.0-only WITH …`. */
  readonly licences: readonly string[];
}

const bySpelling = (identifiers: readonly string[]): ReadonlyMap<string, string> =>
  new Map(identifiers.map((identifier) => [identifier.toLowerCase(), identifier]));

const licences = bySpelling(licenceIdentifiers);
const exceptions = bySpelling(exceptionIdentifiers);

/**
 * Reads an expression, in any case of letters; `undefined` for other words and for identifiers that SPDX does not have,
 * since a licence is never guessed.
 */
export function parseLicenceExpression(words: string): LicenceExpression | undefined {
  const tokens = words.match(/[()]|[^\s()]+/g) ?? [];
  const found = new Set<string>();
  let text = "";
  let at = 0;

  /** Takes the operator where it stands next. */
  const takes = (operator: string): boolean => {
    if (tokens[at]?.toUpperCase() !== operator) return false;
    at += 1;
    return true;
  };

  const readOperand = (depth: number): boolean => {
    if (depth > MAX_DEPTH) return false;
    if (takes("(")) {
      text += "(";
      if (!readOperands(depth + 1) || !takes(")")) return false;
      text += ")";
      return true;
    }
    const licence = licenceOf(tokens[at] ?? "");
    if (licence === undefined) return false;
    at += 1;
    let whole = licence;
    if (takes("WITH")) {
      const exception = exceptions.get(tokens[at]?.toLowerCase() ?? "");
      if (exception === undefined) return false;
      at += 1;
      whole += ` WITH ${exception}`;
    }
    found.add(whole);
    text += whole;
    return true;
  };

  // AND binds more tightly than OR, which changes the meaning and neither the text nor what is named in it.
  const readOperands = (depth: number): boolean => {
    for (;;) {
      if (!readOperand(depth)) return false;
      const operator = tokens[at]?.toUpperCase();
      if (operator !== "AND" && operator !== "OR") return true;
      at += 1;
      text += ` ${operator} `;
    }
  };

  return readOperands(0) && at === tokens.length ? { text, licences: [...found] } : undefined;
}

const MAX_DEPTH = 100;

/** A licence in its proper spelling; `LicenseRef-…` names one that SPDX does not have, and a plus any later version. */
function licenceOf(token: string): string | undefined {
  const own = /^licenseref-([a-z0-9.-]+)$/i.exec(token);
  if (own !== null) return `LicenseRef-${own[1] ?? ""}`;
  const known = licences.get(token.toLowerCase());
  if (known !== undefined || !token.endsWith("+")) return known;
  const base = licences.get(token.slice(0, -1).toLowerCase());
  return base === undefined ? undefined : `${base}+`;
}
