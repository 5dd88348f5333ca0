import type { Command } from "commander";
import type { RunAction } from "../command-context.ts";
import type { NetworkFlags, PolicyFlags } from "../common-options.ts";
import { addNetworkOptions, addPolicyOptions } from "../common-options.ts";
import { withExamples } from "../help.ts";

interface OutdatedFlags extends NetworkFlags, PolicyFlags {
  readonly exitCode?: boolean;
  readonly json?: boolean;
}

/** `enki outdated`: what `enki update` would change. */
export function addOutdatedCommand(program: Command, run: RunAction): void {
  const command = program
    .command("outdated")
    .summary("show which pins could move")
    .description("Resolves anew without the pins of enki.lock, and shows what is different. Writes nothing.")
    .option("--exit-code", "exit with status 1 when something could move")
    .option("--json", "print the differences as JSON");
  addNetworkOptions(command);
  addPolicyOptions(command);
  withExamples(command, [["enki outdated --exit-code", "in CI: fail when pins could move"]]);
  command.action(async () => {
    const flags: OutdatedFlags = command.opts();
    await run(command, async (context) => {
      const { showOutdated } = await import("../show-outdated.ts");
      return showOutdated(context, flags);
    });
  });
}
