import type { Node as JsonNode, ParseError } from "jsonc-parser";
import { parseTree, printParseErrorCode } from "jsonc-parser";

import type { Diagnostic } from "../model/diagnostic.ts";
import type { DocumentPath, DocumentReading, Span } from "./text-document.ts";
import { errorAt, LineIndex, maximumNesting, withoutByteOrderMark } from "./text-document.ts";

/** Strict JSON (RFC 8259), or with comments and commas before closing brackets, as people and some tools write it. */
export type JsonDialect = "json" | "jsonc";

/**
 * Reads a JSON document. When a key is repeated the last one wins, with a warning. A syntax error is a diagnostic
 * `json-syntax`.
 */
export function parseJsonDocument(file: string, source: string, dialect: JsonDialect = "json"): DocumentReading {
  const isStrict = dialect === "json";
  const text = withoutByteOrderMark(source);
  const lines = new LineIndex(text);
  const failure = (code: string, message: string, span: Span): Diagnostic =>
    errorAt(code, message, { file, lines, span });

  const tooDeep = nestingExcess(text, !isStrict);
  if (tooDeep !== undefined) {
    const message = `values nest more than ${maximumNesting} deep`;
    return { diagnostics: [failure("json-nesting", message, { offset: tooDeep, length: 1 })] };
  }
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, {
    disallowComments: isStrict,
    allowTrailingComma: !isStrict,
    allowEmptyContent: false,
  });
  const error = errors[0];
  if (tree === undefined || error !== undefined) {
    const span = error ?? { offset: 0, length: 1 };
    return { diagnostics: [failure("json-syntax", describeError(error), span)] };
  }
  // The engine's own reader has the last word on what JSON is; the tree is there for the places.
  const refusal = isStrict ? engineRefusal(text) : undefined;
  if (refusal !== undefined) return { diagnostics: [failure("json-syntax", refusal, { offset: 0, length: 1 })] };

  const diagnostics: Diagnostic[] = [];
  const value = plainValue(tree, (key) => {
    const repeated = failure(
      "json-duplicate-key",
      `the key ${JSON.stringify(key.value)} is repeated; the last one counts`,
      key,
    );
    diagnostics.push({ ...repeated, severity: "warning" });
  });
  return {
    document: {
      value,
      originOf(path, part = "value") {
        const node = nodeAt(tree, path);
        const key = node?.parent?.type === "property" ? node.parent.children?.[0] : undefined;
        const span = part === "key" ? key : node;
        return span === undefined ? undefined : lines.origin(file, span);
      },
      lineText: (line) => lines.lineText(line),
    },
    diagnostics,
  };
}

/** Where brackets first nest deeper than allowed; strings and comments are stepped over. The parser recurses, so this comes first. */
function nestingExcess(text: string, hasComments: boolean): number | undefined {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === 0x22) {
      for (at += 1; at < text.length && text.charCodeAt(at) !== 0x22; at += 1)
        if (text.charCodeAt(at) === 0x5c) at += 1;
    } else if (hasComments && character === 0x2f) {
      const end = { "*": /\*\//gu, "/": /[\r\n]/gu }[text[at + 1] ?? ""];
      if (end === undefined) continue;
      end.lastIndex = at + 2;
      at = end.exec(text)?.index ?? text.length;
    } else if (character === 0x5b || character === 0x7b) {
      depth += 1;
      if (depth > maximumNesting) return at;
    } else if (character === 0x5d || character === 0x7d) depth -= 1;
  }
  return undefined;
}

function engineRefusal(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : "unreadable";
  }
}

/** `PropertyNameExpected` -> `property name expected`. */
function describeError(error: ParseError | undefined): string {
  if (error === undefined) return "the document is empty";
  const words = printParseErrorCode(error.error).replaceAll(/\B[A-Z]/gu, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toLowerCase() + words.slice(1);
}

function plainValue(node: JsonNode, onRepeated: (key: JsonNode) => void): unknown {
  if (node.type === "array") return (node.children ?? []).map((child) => plainValue(child, onRepeated));
  if (node.type !== "object") return node.value;
  const object: { [key: string]: unknown } = Object.create(null);
  for (const property of node.children ?? []) {
    const [key, value] = property.children ?? [];
    if (key === undefined || value === undefined) continue;
    const name = String(key.value);
    if (Object.hasOwn(object, name)) onRepeated(key);
    object[name] = plainValue(value, onRepeated);
  }
  return object;
}

function nodeAt(tree: JsonNode, path: DocumentPath): JsonNode | undefined {
  let node: JsonNode | undefined = tree;
  for (const step of path) {
    if (node?.children === undefined) return undefined;
    if (typeof step === "number") node = node.type === "array" ? node.children[step] : undefined;
    else if (node.type !== "object") return undefined;
    else node = node.children.findLast((property) => property.children?.[0]?.value === step)?.children?.[1];
  }
  return node;
}
