import { parseTomlDocument } from "../formats/toml.ts";
import { EnkiError } from "../model/enki-error.ts";
import type { Origin } from "../model/origin.ts";
import { CONFIGURATION_FILE_NAME } from "./configuration.ts";
import { isTable } from "./table-reader.ts";

/**
 * The text of an enki.toml with one text setting of one table changed; everything else stays as it is, comments and
 * layout included. Throws an EnkiError (`invalid-configuration`) when the file can't be read.
 */
export function setTableText(text: string, table: string, key: string, value: string): string {
  const { document, diagnostics } = parseTomlDocument(CONFIGURATION_FILE_NAME, text);
  if (document === undefined) {
    throw new EnkiError("invalid-configuration", `${CONFIGURATION_FILE_NAME} can't be read`, { diagnostics });
  }
  const written = JSON.stringify(value);
  const lineEnd = text.includes("\r\n") ? "\r\n" : "\n";
  const tables = document.value;
  const existing: unknown = isTable(tables) ? Object.entries(tables).find(([name]) => name === table)?.[1] : undefined;
  const place = document.originOf([table, key]);
  if (place !== undefined) return spliceAt(text, place, written);
  const header = document.originOf([table]);
  if (isTable(existing) && header?.line !== undefined) {
    const lines = text.split(lineEnd);
    const isHeader = (lines[header.line - 1] ?? "").trimStart().startsWith("[");
    if (isHeader) return lines.toSpliced(header.line, 0, `${key} = ${written}`).join(lineEnd);
    throw new EnkiError("invalid-configuration", `${table} is written inline in ${CONFIGURATION_FILE_NAME}`, {
      hint: `set ${key} = ${written} in it by hand`,
    });
  }
  const gap = text === "" ? "" : text.endsWith("\n") ? lineEnd : `${lineEnd}${lineEnd}`;
  return `${text}${gap}[${table}]${lineEnd}${key} = ${written}${lineEnd}`;
}

function spliceAt(text: string, { line = 1, column = 1, length = 0 }: Origin, replacement: string): string {
  let lineStart = 0;
  for (let passed = 1; passed < line; passed++) lineStart = text.indexOf("\n", lineStart) + 1;
  // A byte-order mark is no part of the document that the place was found in.
  const mark = text.startsWith("\uFEFF") && line === 1 ? 1 : 0;
  const start = lineStart + column - 1 + mark;
  return `${text.slice(0, start)}${replacement}${text.slice(start + length)}`;
}
