import type { Ecosystem } from "../../src/ecosystems/ecosystem.ts";
import type { JsonValue } from "../../src/model/json.ts";
import type { Manifest } from "../../src/model/manifest.ts";
import { resolveService } from "../../src/resolve.ts";
import type { ResolveResult } from "../../src/resolve/request.ts";
import { resolveRequest } from "../helpers/resolve-request.ts";
import { filesOf, packageEcosystems, rangeText, userNames, type Need, type RealUniverse } from "./real-universe.ts";

function manifestsOf(root: readonly Need[], ecosystems: ReadonlyMap<string, Ecosystem>): readonly Manifest[] {
  return packageEcosystems.flatMap((id) => {
    const needs = root.filter(({ ecosystem }) => ecosystem === id);
    if (needs.length === 0) return [];
    const entries = needs.map((need) => ({
      name: need.name,
      range: rangeText(id, need.range),
      features: [],
      origin: { file: "enki.toml" },
    }));
    const nothing = { readFile: () => undefined, readDirectory: () => undefined, kind: () => undefined };
    const reading = ecosystems.get(id)?.readDependencyTable(entries, { projectDirectory: "/p", files: nothing });
    if (reading?.manifest === undefined) throw new Error(JSON.stringify(reading?.diagnostics));
    return [reading.manifest];
  });
}

/** Resolves a universe through the ecosystems themselves. */
export async function resolve(
  universe: RealUniverse,
  ecosystems: ReadonlyMap<string, Ecosystem>,
): Promise<ResolveResult> {
  return await resolveService(
    resolveRequest([...ecosystems.values()], manifestsOf(universe.root, ecosystems), {
      projectDirectory: "/p",
      files: filesOf(universe),
      registries: new Map(packageEcosystems.map((id) => [id, [{ kind: "path", path: `/r/${id}` }]])),
      options: { settings: new Map(), strictEngines: true },
      settings: new Map<string, ReadonlyMap<string, JsonValue>>([
        [
          "nix",
          new Map<string, JsonValue>([
            ["release", "/r/pins.json"],
            ["names", userNames],
          ]),
        ],
        ["opam", new Map([["compiler", "none"]])],
        ["pypi", new Map([["python-upper-bounds", true]])],
      ]),
      declaredEdges: universe.declared.map(({ from, to }) => ({
        from: {
          ecosystem: from.ecosystem,
          name: from.name,
          ...(from.range === "*" ? {} : { range: rangeText(from.ecosystem, from.range) }),
        },
        to: {
          ecosystem: to.ecosystem,
          name: to.name,
          range: rangeText(to.ecosystem, to.range),
          kind: "runtime",
          why: "declared",
        },
      })),
    }),
  );
}
