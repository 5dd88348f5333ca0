import { Command, CommanderError, Option } from "commander";
import { canonicalJson } from "../model/canonical-json.ts";
import { EnkiError } from "../model/enki-error.ts";
import type { CommandContext, ExitStatus, RunAction } from "./command-context.ts";
import { contextOf } from "./command-context.ts";
import { addCheckCommand } from "./commands/check.ts";
import { addCacheCommand } from "./commands/cache.ts";
import { addConfigCommand } from "./commands/config.ts";
import { addCompletionsCommand } from "./commands/completions.ts";
import { addExportCommand } from "./commands/export.ts";
import { addGraphCommand } from "./commands/graph.ts";
import { addOutdatedCommand } from "./commands/outdated.ts";
import { addPinCommand } from "./commands/pin.ts";
import { addExplainCommand } from "./commands/explain.ts";
import { addNixCommand } from "./commands/nix.ts";
import { addEditCommands } from "./commands/edit.ts";
import { addResolveCommand } from "./commands/resolve.ts";
import { addSnapshotCommand } from "./commands/snapshot.ts";
import { addTreeCommand } from "./commands/tree.ts";
import { addUpdateCommand } from "./commands/update.ts";
import { addWhyCommand } from "./commands/why.ts";
import { addWhyNotCommand } from "./commands/why-not.ts";
import { diagnosticRecord } from "./outcome-report.ts";
import { exitStatusOf } from "./exit-status.ts";
import { withExamples } from "./help.ts";
import { packageVersion } from "./package-version.ts";
import { redactText } from "../net/redact.ts";
import { renderError } from "./render-diagnostic.ts";
import type { Host } from "./shell.ts";
import { isColourWanted, paintFor } from "./terminal-style.ts";

type AddCommands = (program: Command, run: RunAction) => void;

/** What adds the commands of these names. Help shows them in this order. */
const COMMANDS: readonly (readonly [names: readonly string[], add: AddCommands])[] = [
  [["resolve"], addResolveCommand],
  [["add", "remove"], addEditCommands],
  [["update"], addUpdateCommand],
  [["outdated"], addOutdatedCommand],
  [["tree"], addTreeCommand],
  [["why"], addWhyCommand],
  [["why-not"], addWhyNotCommand],
  [["graph"], addGraphCommand],
  [["check"], addCheckCommand],
  [["explain"], addExplainCommand],
  [["snapshot"], addSnapshotCommand],
  [["nix"], addNixCommand],
  [["export"], addExportCommand],
  [["pin"], addPinCommand],
  [["cache"], addCacheCommand],
  [["config"], addConfigCommand],
  [["completions"], addCompletionsCommand],
];

/** A command line that starts with a command needs none of the others; only completions are about all of them. */
function neededCommands([first = ""]: readonly string[]): typeof COMMANDS {
  if (first === "--version") return [];
  const own = COMMANDS.filter(([names]) => names.includes(first));
  return own.length === 0 || first === "completions" ? COMMANDS : own;
}

/** The command line as far as `arguments_` need it. Commands load what they need when they run, so that help costs nothing. */
function createProgram(arguments_: readonly string[], host: Host, run: RunAction): Command {
  const program = new Command("enki")
    .description(
      "One dependency resolver for services that mix languages: one solve, one lock, native lockfiles, pinned Nix.",
    )
    .version(packageVersion(), "-V, --version", "print the version")
    .configureOutput({
      writeOut: (text) => host.stdout.write(text),
      writeErr: (text) => host.stderr.write(text),
      getOutHelpWidth: () => Math.min(host.stdout.columns, 110),
      getErrHelpWidth: () => Math.min(host.stderr.columns, 110),
    })
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .helpOption("-h, --help", "show help")
    .showSuggestionAfterError(true)
    .showHelpAfterError("(--help shows what there is)")
    .exitOverride()
    .optionsGroup("Everywhere:")
    .option("-C, --directory <directory>", "the project, instead of the current directory")
    .option("-q, --quiet", "say only what went wrong")
    .option("-v, --verbose", "say more")
    .addOption(new Option("--color <when>", "colours").choices(["auto", "always", "never"]).default("auto"))
    .option("--no-progress", "no progress line (ENKI_NO_PROGRESS)");
  withExamples(program, [
    ["enki resolve", "resolve the service here; write enki.lock and native lockfiles"],
    ["enki tree", "show what was locked, across ecosystems"],
    ["enki why openssl", "show why a package is there"],
    ["enki check", "check the lock against the manifests, without network"],
  ]);
  for (const [, add] of neededCommands(arguments_)) add(program, run);
  // What belongs to the program must reach every command, whatever the order in which they were made.
  for (const command of program.commands) command.copyInheritedSettings(program);
  return program;
}

/** What went wrong, for programs that asked for JSON. */
function errorJson({ code, message, hint, diagnostics }: EnkiError): string {
  return canonicalJson({ status: "error", code, message, hint, diagnostics: diagnostics.map(diagnosticRecord) });
}

/** Runs a command line and gives the exit status of the process. Never throws. */
export async function runCli(arguments_: readonly string[], host: Host): Promise<number> {
  let status: ExitStatus = 0;
  let context: CommandContext | undefined;
  let isJson = false;
  const program = createProgram(arguments_, host, async (command, action) => {
    context = contextOf(command, host);
    isJson = command.opts()["json"] === true;
    status = await action(context);
  });
  try {
    await program.parseAsync(arguments_, { from: "user" });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const paint = context?.shell.paint ?? paintFor(isColourWanted("auto", host.stderr.isTerminal, host.environment));
    // What fails while the user's interruption takes effect is part of the interruption.
    const isSaid = error instanceof EnkiError && error.code === "aborted";
    const shown = host.signal.aborted && !isSaid ? new EnkiError("aborted", "interrupted", { cause: error }) : error;
    context?.shell.clearProgress();
    if (isJson && shown instanceof EnkiError) host.stdout.write(redactText(errorJson(shown)));
    host.stderr.write(`${redactText(renderError(shown, paint, context?.shell.isVerbose ?? false))}\n`);
    return exitStatusOf(shown);
  }
}
