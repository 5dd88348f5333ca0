import { applyEdits, modify } from "jsonc-parser";
import type { DocumentPath } from "./text-document.ts";

/**
 * Gives a key of a JSON text a value, or takes it away (`undefined`); everything else stays as it is. A new key
 * goes last, or, when asked, before the first that is greater.
 */
export function setJsonKey(
  text: string,
  path: DocumentPath,
  value: unknown,
  placement: "last" | "sorted" = "last",
): string {
  const key = String(path.at(-1));
  const [, indentation = "  "] = /^[{[]\r?\n([ \t]+)/.exec(text.trimStart()) ?? [];
  const edits = modify(text, [...path], value, {
    formattingOptions: {
      insertSpaces: !indentation.startsWith("\t"),
      tabSize: indentation.length,
      eol: text.includes("\r\n") ? "\r\n" : "\n",
    },
    getInsertionIndex: (keys) => {
      const follower = placement === "sorted" ? keys.findIndex((name) => name > key) : -1;
      return follower === -1 ? keys.length : follower;
    },
  });
  return applyEdits(text, edits);
}
