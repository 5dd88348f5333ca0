import type { Command } from "commander";
import type { RunAction } from "../command-context.ts";
import type { NetworkFlags, PolicyFlags } from "../common-options.ts";
import { addNetworkOptions, addPolicyOptions } from "../common-options.ts";
import { withExamples } from "../help.ts";

interface WhyNotFlags extends NetworkFlags, PolicyFlags {
  readonly json?: boolean;
}

/** `enki why-not`: what would have to change to get another version of a package. */
export function addWhyNotCommand(program: Command, run: RunAction): void {
  const command = program
    .command("why-not")
    .summary("show what stands in the way of a version")
    .description(
      "Resolves as if the package had to be at that version. Shows what else would change and the command that makes the change; or, with status 1, why it is not possible and what would have to change. Writes nothing.",
    )
    .argument("<package@version>", "npm:react@19.0.0, pypi:numpy>=2, cargo:serde@1.0.200")
    .option("--json", "print the outcome as JSON");
  addNetworkOptions(command);
  addPolicyOptions(command);
  withExamples(command, [
    ["enki why-not npm:react@19.1.0", "why is react older than that?"],
    ["enki why-not 'pypi:numpy>=2'", "what stands in the way of any numpy 2?"],
  ]);
  command.action(async (query: string) => {
    const flags: WhyNotFlags = command.opts();
    await run(command, async (context) => {
      const { showWhyNot } = await import("../show-why-not.ts");
      return showWhyNot(context, query, flags);
    });
  });
}
