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
    .argument("<release-or-path>", "nixos-25.05, or the packages.json of a channel: a file or a URL");
  withExamples(command, [
    ["enki pin nixpkgs nixos-25.05", "the toolchains and libraries of this release, as far as Enki knows them"],
    ["enki pin nixpkgs packages.json.br", "those of a channel exactly; what is needed of its index is kept in nix/"],
  ]);
  command.action(async (what: string, release: string) => {
    await run(command, async (context) => {
      const { pinNixpkgs } = await import("../pin-nixpkgs.ts");
      return pinNixpkgs(context, what, release);
    });
  });
}
