import type { Command } from "commander";

/** A command line and what it is for. */
export type Example = readonly [command: string, purpose: string];

/** Puts examples at the top of a command's help: they answer most questions. */
export function withExamples(command: Command, examples: readonly Example[]): void {
  const width = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, purpose]) =>
    width > 46 ? `  ${line}\n      ${purpose}` : `  ${line.padEnd(width)}  ${purpose}`,
  );
  command.addHelpText("before", `Examples:\n${lines.join("\n")}\n`);
}
