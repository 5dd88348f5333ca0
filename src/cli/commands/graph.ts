import type { Command } from "commander";
import { Option } from "commander";
import type { RunAction } from "../command-context.ts";
import type { PictureFormat } from "../draw-graph.ts";
import { withExamples } from "../help.ts";

interface GraphFlags {
  readonly format: PictureFormat;
  readonly output?: string;
}

/** `enki graph`: the lock as a picture. */
export function addGraphCommand(program: Command, run: RunAction): void {
  const command = program
    .command("graph")
    .summary("draw the locked dependencies")
    .description(
      "Draws what enki.lock holds over all ecosystems: a drawing, a self-contained page, or text for Graphviz, Mermaid and programs.",
    )
    .addOption(
      new Option("--format <format>", "what to write")
        .choices(["svg", "dot", "mermaid", "html", "json"])
        .default("dot"),
    )
    .option("-o, --output <file>", "write to this file instead of stdout");
  withExamples(command, [
    ["enki graph --format html -o graph.html", "a page with search and ways to the manifests"],
    ["enki graph --format svg -o graph.svg", "a drawing, laid out by Graphviz, which comes with Enki"],
    ["enki graph --format mermaid", "for README files and issues"],
  ]);
  command.action(async () => {
    const flags: GraphFlags = command.opts();
    await run(command, async (context) => {
      const { drawGraph } = await import("../draw-graph.ts");
      return drawGraph(context, flags.format, flags.output);
    });
  });
}
