import type { Command } from "commander";
import type { RunAction } from "../command-context.ts";
import { addNetworkOptions, addOutcomeOptions, addPolicyOptions, collect } from "../common-options.ts";
import type { EditFlags } from "../edit-requirements.ts";
import { withExamples } from "../help.ts";

/** `enki add` and `enki remove`: manifests and locks change together, or not at all. */
export function addEditCommands(program: Command, run: RunAction): void {
  const add = program
    .command("add")
    .summary("require packages in the manifest, and resolve")
    .description(
      "Writes requirements into the manifest of their ecosystem, or into enki.toml where it has none here, and resolves. Without a range, the newest version that fits is found and written as the ecosystem's own tool would. Nothing is written when there is no answer.",
    )
    .argument("<package...>", "express, cargo:serde@1, pypi:httpx[socks]>=0.27, pkg:npm/vite, nix:openssl")
    .option("--dev", "only for working on the project")
    .option("--optional", "may be absent")
    .option("--features <features>", "features or extras, separated by commas", splitList);
  withExamples(add, [
    ["enki add npm:express", "the newest express that fits everything else"],
    ["enki add 'pypi:httpx[socks]>=0.27' cargo:serde --features derive", "several at once"],
    ["enki add --dev npm:vitest", "for development only"],
  ]);
  const remove = program
    .command("remove")
    .summary("take requirements out of the manifests, and resolve")
    .description("Removes requirements from the manifests that have them, and resolves without them.")
    .argument("<package...>", "express, cargo:serde");
  withExamples(remove, [["enki remove npm:express", "and whatever nothing else needs"]]);
  for (const command of [add, remove]) {
    command.option("--manifest <file>", "the manifest to change, relative to the project");
    addOutcomeOptions(command);
    addNetworkOptions(command);
    addPolicyOptions(command);
  }
  add.action(async (packages: readonly string[]) => {
    const flags: EditFlags = add.opts();
    await run(add, async (context) => {
      const { addRequirements } = await import("../edit-requirements.ts");
      return addRequirements(context, packages, flags);
    });
  });
  remove.action(async (packages: readonly string[]) => {
    const flags: EditFlags = remove.opts();
    await run(remove, async (context) => {
      const { removeRequirements } = await import("../edit-requirements.ts");
      return removeRequirements(context, packages, flags);
    });
  });
}

function splitList(value: string, previous: readonly string[] | undefined): readonly string[] {
  return value.split(",").reduce((list, one) => (one.trim() === "" ? list : collect(one.trim(), list)), previous ?? []);
}
