import type { Command } from "commander";
import { Argument } from "commander";
import type { RunAction } from "../command-context.ts";
import { withExamples } from "../help.ts";

/** `enki completions`: what a shell needs to complete command lines. */
export function addCompletionsCommand(program: Command, run: RunAction): void {
  const command = program
    .command("completions")
    .summary("print completions for bash, zsh or fish")
    .description("Prints a script that teaches a shell to complete Enki's commands and flags.")
    .addArgument(new Argument("<shell>", "the shell").choices(["bash", "zsh", "fish"]));
  withExamples(command, [
    ["enki completions bash > ~/.local/share/bash-completion/completions/enki", "for bash"],
    ["enki completions fish > ~/.config/fish/completions/enki.fish", "for fish"],
  ]);
  command.action(async (shell: string) => {
    await run(command, async (context) => {
      const { completionScript } = await import("../completion-script.ts");
      context.shell.data(completionScript(program, shell));
      return 0;
    });
  });
}
