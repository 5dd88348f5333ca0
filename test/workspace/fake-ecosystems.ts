import { createHash } from "node:crypto";
import type { Ecosystem } from "../../src/ecosystems/ecosystem.ts";
import type { FileSystem } from "../../src/model/file-system.ts";
import type { EcosystemId } from "../../src/model/requirement.ts";

/** An ecosystem that knows manifests by their name and reads nothing in them. */
function fakeEcosystem(
  id: EcosystemId,
  isManifest: (name: string) => boolean,
  more: Partial<Ecosystem> = {},
): Ecosystem {
  const unused = (): never => {
    throw new Error(`the fake ecosystem ${id} can't do this`);
  };
  return {
    id,
    title: id,
    requiredTools: [],
    isManifest,
    readManifest(path, bytes) {
      if (new TextDecoder().decode(bytes) === "broken") {
        const origin = { file: path, line: 1, column: 1 };
        return { diagnostics: [{ code: `${id}-broken`, severity: "error", message: "is broken", origin }] };
      }
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      const manifest = { ecosystem: id, file: path, sha256, requirements: [], foreign: [], document: undefined };
      return { manifest, diagnostics: [] };
    },
    readDependencyTable(entries) {
      const requirements = entries.map(({ name, range, features, origin }) => ({
        name,
        range,
        features,
        origin,
        kind: "runtime" as const,
      }));
      const manifest = { ecosystem: id, file: "enki.toml", sha256: "", requirements, foreign: [], document: undefined };
      return { manifest, diagnostics: [] };
    },
    rangeAdmits: unused,
    openSource: unused,
    verify: unused,
    exportLocks: unused,
    ...more,
  };
}

/** Three ecosystems: one with declared settings, one without, one that offers toolchains. */
export const fakeEcosystems: ReadonlyMap<EcosystemId, Ecosystem> = new Map([
  [
    "npm",
    fakeEcosystem("npm", (name) => name === "package.json", {
      settings: [
        { name: "peers", type: "string", values: ["strict", "legacy"], summary: "How peers are treated." },
        { name: "omit", type: "strings", values: ["dev", "optional"], summary: "What is left out." },
        { name: "flat", type: "boolean", summary: "Whether the tree is flat." },
      ],
    }),
  ],
  ["opam", fakeEcosystem("opam", (name) => name.endsWith(".opam"))],
  ["nix", fakeEcosystem("nix", () => false, { toolCandidates: () => [] })],
]);

/** A file system in memory. Keys are paths below `/project`. */
export function memoryFiles(contents: Readonly<Record<string, string>>): FileSystem {
  const files = new Map(Object.entries(contents).map(([path, text]) => [`/project/${path}`, text]));
  const namesIn = (directory: string): readonly string[] => {
    const prefix = `${directory.replace(/\/$/, "")}/`;
    const names = [...files.keys()].filter((path) => path.startsWith(prefix));
    return [...new Set(names.map((path) => path.slice(prefix.length).split("/")[0] ?? ""))].toSorted();
  };
  return {
    readFile(path) {
      const text = files.get(path);
      return text === undefined ? undefined : new TextEncoder().encode(text);
    },
    readDirectory(path) {
      const names = namesIn(path);
      return names.length === 0 ? undefined : names;
    },
    kind(path) {
      if (files.has(path)) return "file";
      return namesIn(path).length > 0 ? "directory" : undefined;
    },
  };
}
