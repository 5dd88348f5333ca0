import { neutralise } from "../model/neutralise.ts";
import type { EcosystemId } from "../model/requirement.ts";
import type { GraphLink, GraphNode } from "./graph.ts";
import type { Paint } from "./paint.ts";

/** `express 5.1.0`, `npm express 5.1.0` when it is of another ecosystem than `surroundings`, or a root's manifest. */
export function nodeLabel(node: GraphNode, surroundings: EcosystemId | undefined, paint: Paint): string {
  const name = paint("name", neutralise(node.name));
  if (node.isRoot) {
    // The tables of enki.toml are told apart by what follows the `#`.
    const [file = "", table] = node.name.split("#");
    if (table !== undefined)
      return `${paint("name", neutralise(file))} ${paint("dim", `(dependencies.${neutralise(table)})`)}`;
    const called = [node.root?.name, node.version].filter((part) => part !== undefined && part !== "").join(" ");
    return called === "" ? name : `${name} ${paint("dim", `(${neutralise(called)})`)}`;
  }
  const label = `${name} ${paint("version", neutralise(node.version ?? ""))}`;
  return node.ecosystem === surroundings ? label : `${paint("ecosystem", neutralise(node.ecosystem))} ${label}`;
}

/** What is not ordinary about a link: ` (build, dev; aarch64-linux)`. Empty for a runtime edge that exists everywhere. */
export function linkNotes(link: GraphLink, paint: Paint): string {
  const kinds = link.kinds.includes("runtime") ? [] : link.kinds;
  const isCrossing = link.from.ecosystem !== link.to.ecosystem;
  const notes = [
    kinds.join(", "),
    isCrossing ? link.whys.map(neutralise).join(", ") : "",
    (link.systems ?? []).map((system) => neutralise(system)).join(", "),
  ].filter((note) => note !== "");
  return notes.length === 0 ? "" : ` ${paint("dim", `(${notes.join("; ")})`)}`;
}
