/**
 * The identifiers in an SPDX licence expression, each once and in order (SPDX 2.3, annex D; `WITH` stays with what it
 * follows, and a slash is cargo's old word for OR). Empty for other words: a licence is never guessed.
 */
export function spdxIdentifiers(words: string): readonly string[] {
  const tokens = words.replaceAll("/", " OR ").match(/[()]|[^\s()]+/g) ?? [];
  const identifiers = new Set<string>();
  let depth = 0;
  let isOperand = true;
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] ?? "";
    if (token === "(" || token === ")") {
      if (isOperand !== (token === "(")) return [];
      depth += token === "(" ? 1 : -1;
      if (depth < 0) return [];
    } else if (isOperand) {
      if (!identifierPattern.test(token) || operators.has(token)) return [];
      const exception = tokens[at + 1] === "WITH" ? (tokens[at + 2] ?? "") : undefined;
      if (exception !== undefined) at += 2;
      if (exception !== undefined && !identifierPattern.test(exception)) return [];
      identifiers.add(exception === undefined ? token : `${token} WITH ${exception}`);
      isOperand = false;
    } else if (token === "AND" || token === "OR") isOperand = true;
    else return [];
  }
  return depth === 0 && !isOperand ? [...identifiers] : [];
}

const identifierPattern = /^[A-Za-z0-9][A-Za-z0-9.+-]*$/;
const operators: ReadonlySet<string> = new Set(["AND", "OR", "WITH"]);
