import { dirname, resolve } from "node:path";
import { mkdirSync } from "node:fs";
import { EnkiError } from "../model/enki-error.ts";
import { writeFileAtomically } from "../net/atomic-write.ts";
import type { CommandContext, ExitStatus } from "./command-context.ts";

/** Gives a document to stdout, or to the file that the user named. Throws an EnkiError (`usage`) when it can't be written. */
export function deliver(context: CommandContext, text: string, output: string | undefined): ExitStatus {
  if (output === undefined || output === "-") {
    context.shell.data(text);
    return 0;
  }
  const path = resolve(context.host.directory, output);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileAtomically(path, text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EnkiError("usage", `${output} can't be written: ${reason}`, { cause });
  }
  context.shell.talk(`${context.shell.paint("dim", "wrote")} ${output}`);
  return 0;
}
