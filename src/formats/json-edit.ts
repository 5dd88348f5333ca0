import { applyEdits, modify } from "jsonc-parser";
import type { DocumentPath } from "./text-document.ts";

/**
 * Gives a key of a JSON text a value, or takes it away (`undefined`); everything else stays as it is. A new key is sorted
 * in among its siblings.
 */
export function setJsonKey(text: string, path: DocumentPath, value: unknown): string {
  const key = String(path.at(-1));
  const [, indentation = "  "] = /^[{[]\r?\n([ \t]+)/.exec(text.trimStart()) ?? [];
  const edits = modify(text, [...path], value, {
    formattingOptions: {
      insertSpaces: !indentation.startsWith("\t"),
      tabSize: indentation.length,
      eol: text.includes("\r\n") ? "\r\n" : "\n",
    },
    getInsertionIndex: (keys) => {
      const follower = keys.findIndex((name) => name > key);
      return follower === -1 ? keys.length : follower;
    },
  });
  return applyEdits(text, edits);
}
