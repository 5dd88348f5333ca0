import { instance } from "@viz-js/viz";
import { EnkiError } from "../model/enki-error.ts";

/**
 * A drawing of a picture in the language of Graphviz, as a standalone SVG document. Laid out by Graphviz itself, compiled
 * to WebAssembly: about a second for a thousand nodes. Throws an EnkiError (`internal`) when the engine gives up.
 */
export async function renderSvg(dot: string): Promise<string> {
  const graphviz = await instance();
  const result = graphviz.render(dot, { format: "svg", engine: "dot" });
  if (result.status === "success") return result.output;
  const reason = result.errors.map(({ message }) => message).join("; ");
  throw new EnkiError("internal", `Graphviz could not draw the picture: ${reason}`, {
    hint: "enki graph --format html draws it by other means",
  });
}
