import type { Command } from "commander";
import { resolve } from "node:path";
import { EnkiError } from "../model/enki-error.ts";
import type { FileSystem } from "../model/file-system.ts";
import { booleanVariable } from "../workspace/settings.ts";
import type { Host } from "./shell.ts";
import { Shell } from "./shell.ts";
import type { ColourChoice } from "./terminal-style.ts";

/** What a command works with. */
export interface CommandContext {
  readonly host: Host;
  readonly shell: Shell;
  /** Absolute. */
  readonly projectDirectory: string;
  /** What the project is read from, where that is not the disk as it is: manifests that are about to be written. */
  readonly files?: FileSystem;
}

/** What a command comes to: 0 done; 1 the answer is no, or the user must act. */
export type ExitStatus = 0 | 1;

/** Runs the action of a command; its status becomes that of the process. */
export type RunAction = (command: Command, action: (context: CommandContext) => Promise<ExitStatus>) => Promise<void>;

interface GlobalFlags {
  readonly directory?: string;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly color: ColourChoice;
  readonly progress: boolean;
}

/** The context that the global flags of a command line ask for. */
export function contextOf(command: Command, host: Host): CommandContext {
  const flags: GlobalFlags = command.optsWithGlobals();
  if (flags.quiet === true && flags.verbose === true) {
    throw new EnkiError("usage", "--quiet and --verbose contradict each other");
  }
  const hidesProgress = booleanVariable(host.environment, "ENKI_NO_PROGRESS") === true;
  const shell = new Shell(host, {
    verbosity: flags.quiet === true ? "quiet" : flags.verbose === true ? "verbose" : "normal",
    colour: flags.color,
    showsProgress: flags.progress && !hidesProgress,
  });
  return { host, shell, projectDirectory: resolve(host.directory, flags.directory ?? ".") };
}
