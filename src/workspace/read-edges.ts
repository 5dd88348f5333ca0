import type { Ecosystem } from "../ecosystems/ecosystem.ts";
import { parsePurl } from "../model/purl.ts";
import type { EcosystemId, EdgeKind } from "../model/requirement.ts";
import type { ConfiguredEdge } from "./configuration.ts";
import { TOOL_PREFIX, toolEcosystem, unknownEcosystem } from "./ecosystem-names.ts";
import type { TableReader } from "./table-reader.ts";

const EDGE_KINDS: readonly EdgeKind[] = ["runtime", "optional", "peer", "dev", "build", "link", "tool"];

/** Reads `[[edges]]`: dependencies that the metadata of the registries does not tell. */
export function readEdges(
  tables: readonly TableReader[],
  ecosystems: ReadonlyMap<EcosystemId, Ecosystem>,
): readonly ConfiguredEdge[] {
  return tables.flatMap((table) => {
    const from = readEnd(table, "from", ecosystems);
    const versions = table.string("versions");
    const to = readEnd(table, "to", ecosystems);
    const range = table.string("range") ?? "*";
    const kind = table.choice("kind", EDGE_KINDS) ?? (to?.name.startsWith(TOOL_PREFIX) === true ? "tool" : "runtime");
    const features = table.strings("features");
    const why = table.string("why") ?? "declared in enki.toml";
    table.refuseOthers("an edge");
    if (from === undefined || to === undefined) return [];
    const requirement = { ...to, range, kind, why, origin: table.origin(["to"]) };
    return [
      {
        from: versions === undefined ? from : { ...from, range: versions },
        to: features === undefined ? requirement : { ...requirement, features },
      },
    ];
  });
}

/** One end of an edge: a package URL without a version, or `tool:python`. */
function readEnd(
  table: TableReader,
  key: "from" | "to",
  ecosystems: ReadonlyMap<EcosystemId, Ecosystem>,
): { readonly ecosystem: EcosystemId; readonly name: string } | undefined {
  const text = table.string(key);
  if (text === undefined) {
    if (!table.has(key)) {
      table.problem([], { code: "missing-key", message: `an edge needs the key "${key}"`, help: example });
    }
    return undefined;
  }
  const offering = toolEcosystem(ecosystems);
  if (key === "to" && text.startsWith(TOOL_PREFIX) && offering !== undefined) {
    return { ecosystem: offering.id, name: text };
  }
  const purl = parsePurl(text);
  if (purl === undefined) {
    table.problem([key], {
      code: "invalid-value",
      message: `${JSON.stringify(text)} is not a package URL`,
      help: example,
    });
    return undefined;
  }
  if (purl.version !== undefined) {
    table.problem([key], {
      code: "invalid-value",
      message: `${JSON.stringify(text)} names a version`,
      help: key === "from" ? 'give the versions as versions = "…"' : 'give the versions as range = "…"',
    });
  }
  if (!ecosystems.has(purl.ecosystem)) {
    table.problem([key], { ...unknownEcosystem(purl.ecosystem, ecosystems), part: "value" });
  }
  return { ecosystem: purl.ecosystem, name: purl.name };
}

const example = 'for example from = "pkg:opam/topiary" and to = "pkg:cargo/tree-sitter" with range = "^0.22"';
