import type { Command } from "commander";
import type { RunAction } from "../command-context.ts";
import { parseCount } from "../parse-count.ts";
import { withExamples } from "../help.ts";

interface WhyFlags {
  readonly limit: number;
}

/** `enki why`: the shortest ways from the manifests to a package. */
export function addWhyCommand(program: Command, run: RunAction): void {
  const command = program
    .command("why")
    .summary("show why a package is there")
    .description("Shows the shortest ways from each manifest to a locked package, across ecosystems.")
    .argument("<package>", "express, express@5.1.0, cargo:serde, pkg:npm/%40scope/x")
    .option("--limit <count>", "ways to show for each manifest", parseCount("--limit"), 5);
  withExamples(command, [
    ["enki why openssl", "every package of that name, in any ecosystem"],
    ["enki why npm:ms@2.0.0", "one version of one ecosystem"],
  ]);
  command.action(async (query: string) => {
    const flags: WhyFlags = command.opts();
    await run(command, async (context) => {
      const { showWhy } = await import("../show-graph.ts");
      return showWhy(context, query, flags.limit);
    });
  });
}
