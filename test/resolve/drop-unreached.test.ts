import { expect, it } from "vitest";

import type { EcosystemResolution, Edge } from "../../src/model/resolution.ts";
import { dropUnreached } from "../../src/resolve/drop-unreached.ts";

function part(ecosystem: string, names: readonly string[], extra: Partial<EcosystemResolution>): EcosystemResolution {
  return {
    roots: [],
    packages: names.map((name) => ({
      id: `${ecosystem}:${name}@1`,
      ecosystem,
      name,
      version: "1",
      artifacts: [],
      details: {},
    })),
    instances: names.map((name) => ({ package: `${ecosystem}:${name}@1`, environment: "run", features: [] })),
    edges: [],
    provenance: [],
    fidelity: { ecosystem, gaps: [], unverified: [] },
    ...extra,
  };
}

function edge(from: string, to: string): Edge {
  return { from, to, kind: "runtime", range: "*", environment: "run" };
}

it("keeps what edges lead to, across ecosystems, and leaves the rest out", () => {
  const root = { id: "root:Cargo.toml", ecosystem: "cargo", file: "Cargo.toml", sha256: "", details: {} };
  const parts = dropUnreached(
    [
      part("cargo", ["a"], { roots: [root], edges: [edge(root.id, "cargo:a@1"), edge("cargo:a@1", "nix:zlib@1")] }),
      part("nix", ["zlib", "openssl", "gmp", "pcre"], { edges: [edge("nix:openssl@1", "nix:pcre@1")] }),
    ],
    [edge("root:service", "nix:gmp@1")],
  );
  expect(parts.flatMap(({ packages }) => packages.map(({ id }) => id))).toEqual([
    "cargo:a@1",
    "nix:zlib@1",
    "nix:gmp@1",
  ]);
  expect(parts[1]?.instances).toHaveLength(2);
  expect(parts[1]?.edges).toEqual([]);
});
