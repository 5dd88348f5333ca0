import type { Command } from "commander";
import type { RunAction } from "../command-context.ts";
import { parseCount } from "../parse-count.ts";
import { withExamples } from "../help.ts";

interface TreeFlags {
  readonly invert?: boolean;
  readonly depth?: number;
  readonly ecosystem?: string;
  readonly tools?: boolean;
  readonly json?: boolean;
}

/** `enki tree`: the locked dependencies over all ecosystems. */
export function addTreeCommand(program: Command, run: RunAction): void {
  const command = program
    .command("tree")
    .summary("show the locked dependencies as a tree over all ecosystems")
    .description("Shows what enki.lock holds as one tree; edges between ecosystems say why they are there.")
    .argument("[package...]", "packages to start from: express, cargo:serde, pkg:npm/%40scope/x")
    .option("-i, --invert", "from packages up to what depends on them")
    .option("--depth <count>", "levels to show below the top", parseCount("--depth"))
    .option("--ecosystem <ecosystem>", "only packages of one ecosystem")
    .option("--tools", "toolchains below every package that asks for one, not only below the manifests")
    .option("--json", "print the graph as JSON");
  withExamples(command, [
    ["enki tree --depth 1", "what the manifests require"],
    ["enki tree --invert cargo:openssl-sys", "what needs a package, up to the manifests"],
  ]);
  command.action(async (packages: readonly string[]) => {
    const flags: TreeFlags = command.opts();
    await run(command, async (context) => {
      const { showTree } = await import("../show-graph.ts");
      return showTree(context, { ...flags, packages });
    });
  });
}
