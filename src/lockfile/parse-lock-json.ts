import { EnkiError } from "../model/enki-error.ts";

/** The JSON value of a lock's text. Throws an EnkiError (`invalid-lock`) that names the place. */
export function parseLockJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const marker = /^(?:<{7}|={7}|>{7}|\|{7})/m.exec(text);
    if (marker !== null) throw mergeConflict(text, marker.index, file);
    throw syntaxError(text, file, cause);
  }
}

/** Neither side of a conflict is right: the answer for the merged manifests must be computed. */
function mergeConflict(text: string, offset: number, file: string): EnkiError {
  return new EnkiError("invalid-lock", `${file} holds a merge conflict`, {
    hint: `keep either side whole (git checkout --ours ${file}), then run \`enki resolve\`: it keeps those pins and adds what the other side needs`,
    diagnostics: [
      { ...diagnosticAt(text, offset, file, "here the sides differ"), code: "lock-merge-conflict", severity: "error" },
    ],
  });
}

function syntaxError(text: string, file: string, cause: unknown): EnkiError {
  const message = cause instanceof Error ? cause.message : "";
  const offset = Number(/at position (\d+)/.exec(message)?.[1] ?? text.length);
  return new EnkiError("invalid-lock", `${file} is not JSON`, {
    hint: "restore the file from version control, or delete it and run `enki resolve`",
    cause,
    diagnostics: [
      { ...diagnosticAt(text, offset, file, "the JSON breaks off here"), code: "lock-syntax", severity: "error" },
    ],
  });
}

function diagnosticAt(
  text: string,
  offset: number,
  file: string,
  message: string,
): {
  readonly message: string;
  readonly origin: { readonly file: string; readonly line: number; readonly column: number; readonly length: number };
  readonly sourceLine: string;
} {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  const lineStart = before.lastIndexOf("\n") + 1;
  const sourceLine = (text.slice(lineStart).split("\n", 1)[0] ?? "").slice(0, 200);
  return { message, origin: { file, line, column: offset - lineStart + 1, length: 1 }, sourceLine };
}
