import type { Command } from "commander";
import { Option } from "commander";
import type { RunAction } from "../command-context.ts";
import type { NetworkFlags, OutcomeFlags, PolicyFlags } from "../common-options.ts";
import { addNetworkOptions, addOutcomeOptions, addPolicyOptions, collect } from "../common-options.ts";
import { withExamples } from "../help.ts";

interface UpdateFlags extends NetworkFlags, OutcomeFlags, PolicyFlags {
  readonly package?: readonly string[];
}

/** `enki update`: forgets pins, all or some, and resolves again. */
export function addUpdateCommand(program: Command, run: RunAction): void {
  const command = program
    .command("update")
    .argument("[packages...]", "update only these: serde, cargo:serde, npm:ms@2.1.3")
    .summary("move to newer versions, all or only some packages")
    .description("Forgets the pins in enki.lock, all or those of the named packages, and resolves again.")
    .addOption(new Option("-P, --package <package>", "the same, repeatable").argParser(collect));
  addOutcomeOptions(command);
  addNetworkOptions(command);
  addPolicyOptions(command);
  withExamples(command, [
    ["enki update", "everything to the newest that the manifests allow"],
    ["enki update npm:express", "only express; every other pin is kept where it can be"],
    ["enki update cargo:serde@1.0.200", "serde to exactly this version"],
  ]);
  command.action(async (packages: readonly string[]) => {
    const flags: UpdateFlags = command.opts();
    await run(command, async (context) => {
      const { resolveAndWrite } = await import("../resolve-and-write.ts");
      return resolveAndWrite(context, flags, { manifests: [], updates: [...packages, ...(flags.package ?? [])] });
    });
  });
}
