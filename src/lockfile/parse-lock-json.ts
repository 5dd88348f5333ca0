import { parseJsonDocument } from "../formats/json.ts";
import { originAt } from "../formats/text-document.ts";
import { EnkiError } from "../model/enki-error.ts";

/** The JSON value of a lock's text. Throws an EnkiError (`invalid-lock`) that names the place. */
export function parseLockJson(text: string, file: string): unknown {
  try {
    // The engine's own reader is many times faster; the one that knows places is asked when this one refuses.
    return JSON.parse(text);
  } catch (cause) {
    const marker = /^(?:<{7}|={7}|>{7}|\|{7}).*/m.exec(text);
    if (marker !== null) throw mergeConflict(text, marker, file);
    throw new EnkiError("invalid-lock", `${file} is not JSON`, {
      hint: "restore the file from version control, or delete it and run `enki resolve`",
      cause,
      diagnostics: parseJsonDocument(file, text).diagnostics,
    });
  }
}

/** Neither side of a conflict is right: the answer for the merged manifests must be computed. */
function mergeConflict(text: string, marker: RegExpExecArray, file: string): EnkiError {
  const origin = originAt(file, text, marker.index, marker[0].length);
  const message = "the sides of a merge differ from here on";
  return new EnkiError("invalid-lock", `${file} holds a merge conflict`, {
    hint: `keep either side whole (git checkout --ours ${file}), then run \`enki resolve\`: it keeps those pins and adds what the other side needs`,
    diagnostics: [{ code: "lock-merge-conflict", severity: "error", message, origin, sourceLine: marker[0] }],
  });
}
