import type { Command } from "commander";
import type { RunAction } from "../command-context.ts";
import { withExamples } from "../help.ts";

/** `enki pin nixpkgs`: which nixpkgs toolchains and system libraries come from. */
export function addPinCommand(program: Command, run: RunAction): void {
  const command = program
    .command("pin")
    .summary("choose the nixpkgs that toolchains and system libraries come from")
    .description("Writes the nixpkgs release, or the index of a channel, into enki.toml; the next resolve uses it.")
    .argument("<what>", "nixpkgs")
    .argument("<release-or-path>", "nixos-26.05, or a packages.json of a channel");
  withExamples(command, [["enki pin nixpkgs nixos-26.05", "the toolchains and libraries of this release"]]);
  command.action(async (what: string, release: string) => {
    await run(command, async (context) => {
      const { pinNixpkgs } = await import("../pin-nixpkgs.ts");
      return pinNixpkgs(context, what, release);
    });
  });
}
