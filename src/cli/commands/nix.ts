import type { Command } from "commander";
import type { RunAction } from "../command-context.ts";
import type { RegistryFlags } from "../common-options.ts";
import { addRegistryOption } from "../common-options.ts";
import { withExamples } from "../help.ts";

interface NixFlags extends RegistryFlags {
  readonly check?: boolean;
  readonly flake?: boolean;
}

/** `enki nix`: lock in, pinned Nix out; no network. */
export function addNixCommand(program: Command, run: RunAction): void {
  const command = program
    .command("nix")
    .summary("write Nix files that build what enki.lock pins")
    .description(
      "Turns enki.lock into Nix files under nix/enki that build without network and without import from derivation.",
    )
    .option("--check", "change nothing; exit with status 1 if a file would change")
    .option("--flake", "write a flake.nix too, where there is none");
  addRegistryOption(command);
  withExamples(command, [
    ["enki nix", "write nix/enki"],
    ["enki nix --check", "in CI: fail when nix/enki is not what enki.lock says"],
  ]);
  command.action(async () => {
    const flags: NixFlags = command.opts();
    await run(command, async (context) => {
      const { writeNix } = await import("../write-nix.ts");
      return writeNix(context, flags);
    });
  });
}
