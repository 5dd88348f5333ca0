import type { EdgeKind } from "../../src/model/requirement.ts";
import type { Edge, Resolution } from "../../src/model/resolution.ts";

/** An edge in short: `npm:a@1 -> npm:b@2`, with what is not ordinary about it. */
export type ShortEdge = readonly [from: string, to: string, extra?: Partial<Omit<Edge, "from" | "to">>];

/** A resolution made of edges; packages and roots are those that the edges name. */
export function resolutionOf(
  edges: readonly ShortEdge[],
  licences: ReadonlyMap<string, string> = new Map(),
): Resolution {
  const ids = [...new Set(edges.flatMap(([from, to]) => [from, to]))];
  const ends = ids.map((id) => ({ id, ...splitId(id) }));
  const kind: EdgeKind = "runtime";
  return {
    roots: ends
      .filter(({ ecosystem }) => ecosystem === "root")
      .map(({ id, rest }) => ({ id, ecosystem: "npm", file: rest, sha256: "", details: {} })),
    packages: ends
      .filter(({ ecosystem }) => ecosystem !== "root")
      .map(({ id, ecosystem, rest }) => {
        const at = rest.lastIndexOf("@");
        const licence = licences.get(id);
        const facts = {
          id,
          ecosystem,
          name: rest.slice(0, at),
          version: rest.slice(at + 1),
          artifacts: [],
          details: {},
        };
        return licence === undefined ? facts : { ...facts, licence };
      }),
    instances: [],
    edges: edges.map(([from, to, extra = {}]) => ({ from, to, kind, range: "*", environment: "run", ...extra })),
    targets: [],
    provenance: [],
    fidelity: [],
  };
}

function splitId(id: string): { readonly ecosystem: string; readonly rest: string } {
  const colon = id.indexOf(":");
  return { ecosystem: id.slice(0, colon), rest: id.slice(colon + 1) };
}
