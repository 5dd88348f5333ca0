import type { Command } from "commander";
import type { RunAction } from "../command-context.ts";
import { withExamples } from "../help.ts";

/** `enki config`: the settings that are in force. */
export function addConfigCommand(program: Command, run: RunAction): void {
  const command = program
    .command("config")
    .summary("show the settings in force, and where each was said")
    .description(
      "Lists the settings that hold here: variables win over the project's enki.toml, and that over the user's own.",
    )
    .option("--show-origin", "name the variable, or the file and line")
    .option("--json", "print the settings, with their origins, as JSON on stdout");
  withExamples(command, [["enki config --show-origin", "why is it asking that registry?"]]);
  command.action(async () => {
    const flags: { readonly showOrigin?: boolean; readonly json?: boolean } = command.opts();
    await run(command, async (context) => {
      const { showConfig } = await import("../show-config.ts");
      return showConfig(context, flags);
    });
  });
}
