import type { Command } from "commander";
import type { RunAction } from "../command-context.ts";
import { addRegistryOption } from "../common-options.ts";
import { withExamples } from "../help.ts";

/** `enki check`: whether the lock fulfils the manifests, without network. */
export function addCheckCommand(program: Command, run: RunAction): void {
  const command = program
    .command("check")
    .summary("check the manifests and native lockfiles against enki.lock, without network")
    .description(
      "Checks, from the facts in enki.lock alone, that every requirement of every manifest and package holds, that downloads go to configured hosts, and that native lockfiles say the same.",
    );
  addRegistryOption(command);
  withExamples(command, [["enki check", "exit status 1 when the lock does not fulfil the manifests"]]);
  command.action(async () => {
    await run(command, async (context) => {
      const { checkLock } = await import("../check-lock.ts");
      return checkLock(context, command.opts());
    });
  });
}
