import type { Command } from "commander";
import { Option } from "commander";
import type { RunAction } from "../command-context.ts";
import type { NetworkFlags, PolicyFlags } from "../common-options.ts";
import { addNetworkOptions, addPolicyOptions } from "../common-options.ts";
import { withExamples } from "../help.ts";

interface ExplainFlags extends NetworkFlags, PolicyFlags {
  readonly format: "prose" | "tree" | "json";
}

/** `enki explain`: why a service has no answer, in other forms than `resolve` gives. */
export function addExplainCommand(program: Command, run: RunAction): void {
  const command = program
    .command("explain")
    .summary("explain why the service has no answer, as prose, tree or JSON")
    .description("Resolves without the pins of enki.lock and without writing, and explains why there is no answer.")
    .argument("[manifest...]", "manifests to resolve, instead of those that enki.toml names or a search finds")
    .addOption(new Option("--format <format>", "how").choices(["prose", "tree", "json"]).default("tree"));
  addNetworkOptions(command);
  addPolicyOptions(command);
  withExamples(command, [
    ["enki explain", "the reasons as a tree"],
    ["enki explain --python 3.14", "whether another toolchain would do, and why not"],
  ]);
  command.action(async (manifests: readonly string[]) => {
    const flags: ExplainFlags = command.opts();
    await run(command, async (context) => {
      const { explainService } = await import("../explain-service.ts");
      return explainService(context, flags, manifests);
    });
  });
}
