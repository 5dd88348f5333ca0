import { basename } from "node:path";
import { condense } from "../report/condense.ts";
import { renderDot } from "../report/dot.ts";
import { DependencyGraph } from "../report/graph.ts";
import { graphJson } from "../report/graph-json.ts";
import { renderHtml } from "../report/html.ts";
import { renderMermaid } from "../report/mermaid.ts";
import type { CommandContext, ExitStatus } from "./command-context.ts";
import { deliver } from "./deliver.ts";
import { requireLock } from "./service.ts";

/** Nodes beyond which a picture says less than a tree. */
const MAXIMUM_NODES = 1500;
/** Mermaid's renderers refuse more than 500 edges. */
const MAXIMUM_MERMAID_NODES = 200;

/** What a lock can be drawn as. */
export type PictureFormat = "svg" | "dot" | "mermaid" | "html" | "json";

/** Draws the lock in one of the formats. */
export async function drawGraph(
  context: CommandContext,
  format: PictureFormat,
  output: string | undefined,
): Promise<ExitStatus> {
  const graph = new DependencyGraph(requireLock(context).resolution);
  if (format === "json") return deliver(context, graphJson(graph), output);
  const picture = condense(graph, format === "mermaid" ? MAXIMUM_MERMAID_NODES : MAXIMUM_NODES);
  if (picture.omitted > 0) {
    context.shell.talk(
      `${context.shell.paint("note", "note")}: ${String(picture.omitted)} packages far from the manifests are not drawn`,
    );
  }
  if (format === "mermaid") return deliver(context, renderMermaid(picture), output);
  if (format === "dot") return deliver(context, renderDot(picture), output);
  if (format === "svg") {
    // The layout engine is a megabyte of WebAssembly that nobody else needs.
    const { renderSvg } = await import("../report/svg.ts");
    return deliver(context, await renderSvg(renderDot(picture)), output);
  }
  return deliver(context, renderHtml(picture, `${basename(context.projectDirectory)}: dependencies`), output);
}
