/** When a target-specific dependency is needed: a named target triple, or a `cfg(…)` expression. */
export type Platform =
  { readonly kind: "triple"; readonly triple: string } | { readonly kind: "cfg"; readonly cfg: Cfg };

/** A `cfg` expression (Rust reference, "Conditional compilation"). */
export type Cfg =
  | { readonly kind: "all" | "any"; readonly parts: readonly Cfg[] }
  | { readonly kind: "not"; readonly part: Cfg }
  | { readonly kind: "flag"; readonly name: string }
  | { readonly kind: "value"; readonly name: string; readonly value: string }
  | { readonly kind: "constant"; readonly value: boolean };

class CfgError extends Error {}

/** Expressions nested deeper are refused. */
const maximumNesting = 100;

/** Reads a target condition; a string is the problem. */
export function parsePlatform(text: string): Platform | string {
  if (text.startsWith("cfg(") && text.endsWith(")")) {
    try {
      const tokens = tokenize(text.slice(4, -1));
      const { cfg, next } = parseExpression(tokens, 0, 0);
      if (next !== tokens.length) return "unexpected text after the cfg expression";
      return { kind: "cfg", cfg };
    } catch (error) {
      if (error instanceof CfgError) return error.message;
      throw error;
    }
  }
  if (/^[\p{L}\p{N}_.-]+$/u.test(text)) return { kind: "triple", triple: text };
  return "neither a target triple nor a cfg expression";
}

/** Whether `cfg` holds, given the flags (`unix`) and values (`target_os` is `linux`) that are set. */
export function evaluateCfg(cfg: Cfg, isSet: (name: string, value?: string) => boolean): boolean {
  switch (cfg.kind) {
    case "all":
      return cfg.parts.every((part) => evaluateCfg(part, isSet));
    case "any":
      return cfg.parts.some((part) => evaluateCfg(part, isSet));
    case "not":
      return !evaluateCfg(cfg.part, isSet);
    case "flag":
      return isSet(cfg.name);
    case "value":
      return isSet(cfg.name, cfg.value);
    default:
      return cfg.value;
  }
}

type Token =
  | { readonly kind: "(" | ")" | "," | "=" }
  | { readonly kind: "name"; readonly text: string }
  | { readonly kind: "string"; readonly text: string };

const lexeme = /\s*(?:([(),=])|((?:r#)?[\p{L}_][\p{L}\p{N}_]*)|"([^"]*)")\s*/uy;

function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  lexeme.lastIndex = 0;
  while (lexeme.lastIndex < text.length) {
    const at = lexeme.lastIndex;
    const match = lexeme.exec(text);
    if (match === null) throw new CfgError(`unexpected text in the cfg expression: \`${text.slice(at, at + 20)}\``);
    const [, sign, name, literal] = match;
    if (sign === "(" || sign === ")" || sign === "," || sign === "=") tokens.push({ kind: sign });
    else if (name !== undefined) tokens.push({ kind: "name", text: name.startsWith("r#") ? name.slice(2) : name });
    else tokens.push({ kind: "string", text: literal ?? "" });
  }
  return tokens;
}

function parseExpression(tokens: readonly Token[], at: number, depth: number): { cfg: Cfg; next: number } {
  if (depth > maximumNesting) throw new CfgError("the cfg expression nests too deeply");
  const token = tokens[at];
  if (token?.kind !== "name") throw new CfgError("expected a name in the cfg expression");
  const following = tokens[at + 1]?.kind;
  if (following === "(" && (token.text === "all" || token.text === "any" || token.text === "not")) {
    const parts: Cfg[] = [];
    let next = at + 2;
    while (tokens[next]?.kind !== ")") {
      const part = parseExpression(tokens, next, depth + 1);
      parts.push(part.cfg);
      next = part.next;
      const separator = tokens[next]?.kind;
      if (separator === ",") next++;
      else if (separator !== ")") throw new CfgError("expected a comma or a closing parenthesis in the cfg expression");
    }
    if (token.text !== "not") return { cfg: { kind: token.text, parts }, next: next + 1 };
    const [part] = parts;
    if (part === undefined || parts.length !== 1) throw new CfgError("not() takes exactly one expression");
    return { cfg: { kind: "not", part }, next: next + 1 };
  }
  if (following === "=") {
    const value = tokens[at + 2];
    if (value?.kind !== "string") throw new CfgError("expected a string in the cfg expression");
    return { cfg: { kind: "value", name: token.text, value: value.text }, next: at + 3 };
  }
  if (token.text === "true" || token.text === "false") {
    return { cfg: { kind: "constant", value: token.text === "true" }, next: at + 1 };
  }
  return { cfg: { kind: "flag", name: token.text }, next: at + 1 };
}
