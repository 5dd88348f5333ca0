import type {
  Artifact,
  Edge,
  Instance,
  Resolution,
  ResolvedPackage,
  ResolvedRoot,
} from "../../src/model/resolution.ts";
import type { JsonObject } from "../../src/model/json.ts";

/** The parts of a resolution that a test is about; the others are empty. */
export interface Sample {
  readonly roots?: readonly ResolvedRoot[];
  readonly packages?: readonly ResolvedPackage[];
  readonly instances?: readonly Instance[];
  readonly edges?: readonly Edge[];
  readonly systems?: readonly string[];
}

export const allSystems: readonly string[] = ["aarch64-darwin", "aarch64-linux", "x86_64-darwin", "x86_64-linux"];

/** A hash that is well-formed; nothing has it. */
export const someIntegrity: string = `sha512-${Buffer.alloc(64, 7).toString("base64")}`;

/** A resolution by hand. */
export function resolutionOf(sample: Sample): Resolution {
  return {
    roots: sample.roots ?? [],
    packages: sample.packages ?? [],
    instances: sample.instances ?? [],
    edges: sample.edges ?? [],
    targets: (sample.systems ?? allSystems).map((system) => ({ system, tools: {} })),
    provenance: [],
    fidelity: [],
  };
}

export function rootOf(ecosystem: string, file: string, extra: Partial<ResolvedRoot> = {}): ResolvedRoot {
  return { id: `root:${file}`, ecosystem, file, sha256: "0".repeat(64), details: {}, ...extra };
}

export function packageOf(
  ecosystem: string,
  name: string,
  version: string,
  artifacts: readonly Artifact[],
  details: JsonObject = {},
): ResolvedPackage {
  return { id: `${ecosystem}:${name}@${version}`, ecosystem, name, version, artifacts, details };
}

export function edgeOf(from: string, to: string, extra: Partial<Edge> = {}): Edge {
  return { from, to, kind: "runtime", range: "*", environment: "run", ...extra };
}

/** One attribute of nixpkgs, as the nix ecosystem locks it. */
export function attributeOf(
  attribute: string,
  version: string,
  roles: readonly string[],
  tool?: string,
): ResolvedPackage {
  return packageOf("nix", attribute, version, [], {
    attribute,
    release: "nixos-24.11",
    roles,
    ...(tool === undefined ? {} : { tool }),
  });
}

/** An npm package with its place. */
export function npmPackage(
  path: string,
  version: string,
  details: JsonObject = {},
  integrity: string = someIntegrity,
): { readonly package: ResolvedPackage; readonly instance: Instance } {
  const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
  const base = name.slice(name.lastIndexOf("/") + 1);
  const url = `https://npm.example/${name}/-/${base}-${version}.tgz`;
  const package_ = packageOf("npm", name, version, [{ kind: "tarball", url, integrity }], details);
  return { package: package_, instance: { package: package_.id, environment: "run", features: [], path } };
}
