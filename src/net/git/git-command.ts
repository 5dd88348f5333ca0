import { spawn } from "node:child_process";
import { EnkiError } from "../../model/enki-error.ts";
import { redactText } from "../redact.ts";

/** What a run of git said. */
export interface GitRun {
  readonly status: number;
  readonly stdout: Buffer;
  /** Without credentials. */
  readonly stderr: string;
}

/** Settings that win over every configuration file: nothing of a repository may run, and nobody is asked anything. */
const SETTINGS = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "protocol.ext.allow=never",
  "fetch.recurseSubmodules=false",
  "submodule.recurse=false",
  "transfer.fsckObjects=true",
  "gc.auto=0",
  "maintenance.auto=false",
].flatMap((setting) => ["-c", setting]);

/** Variables by which a surrounding git (a hook, say) would point this one at its own repository. */
const FOREIGN_VARIABLES =
  /^GIT_(?:DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|NAMESPACE|CEILING_DIRECTORIES|EXTERNAL_DIFF|EXEC_PATH|TRACE.*)$/;

/** Runs git. The user's own configuration holds, so that credential helpers and mirrors work. */
export class GitCommand {
  readonly #environment: Readonly<Record<string, string>>;
  readonly #signal: AbortSignal | undefined;

  constructor(variables: Readonly<Record<string, string | undefined>>, signal: AbortSignal | undefined) {
    const kept = Object.entries(variables).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !FOREIGN_VARIABLES.test(entry[0]),
    );
    this.#environment = {
      GIT_SSH_COMMAND: "ssh -o BatchMode=yes",
      ...Object.fromEntries(kept),
      GIT_TERMINAL_PROMPT: "0",
      GIT_ASKPASS: "",
      SSH_ASKPASS: "",
      LC_ALL: "C",
    };
    this.#signal = signal;
  }

  /** Runs git on the bare repository in `directory`. Throws an EnkiError: `unsupported` without git, `aborted`. */
  run(directory: string, arguments_: readonly string[], input: string = ""): Promise<GitRun> {
    return new Promise((resolve, reject) => {
      const child = spawn("git", [...SETTINGS, ...arguments_], {
        cwd: directory,
        env: this.#environment,
        stdio: ["pipe", "pipe", "pipe"],
        ...(this.#signal === undefined ? {} : { signal: this.#signal }),
      });
      const output: Buffer[] = [];
      const errors: Buffer[] = [];
      child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
      child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
      child.on("error", (error: NodeJS.ErrnoException) => reject(startError(error)));
      child.on("close", (status) => {
        const stderr = redactText(Buffer.concat(errors).toString("utf8"));
        resolve({ status: status ?? 1, stdout: Buffer.concat(output), stderr });
      });
      // git may end before it has read everything.
      child.stdin.on("error", () => undefined);
      child.stdin.end(input);
    });
  }
}

function startError(error: NodeJS.ErrnoException): EnkiError {
  if (error.name === "AbortError") return new EnkiError("aborted", "the work was interrupted");
  return new EnkiError("unsupported", `git can't be started (${error.code ?? error.message})`, {
    hint: "a requirement names a git repository: install git, or require a released version",
    cause: error,
  });
}
