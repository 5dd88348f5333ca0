import { describe, expect, test } from "vitest";
import { findStaleRoots } from "../../src/lockfile/stale-roots.ts";
import { findUnknownHosts } from "../../src/lockfile/unknown-hosts.ts";
import type { Manifest } from "../../src/model/manifest.ts";
import type { Artifact, ResolvedRoot, Resolution } from "../../src/model/resolution.ts";

const empty: Resolution = {
  roots: [],
  packages: [],
  instances: [],
  edges: [],
  targets: [],
  provenance: [],
  fidelity: [],
};

function withArtifact(ecosystem: string, artifact: Omit<Artifact, "kind">): Resolution {
  const id = `${ecosystem}:a@1`;
  return {
    ...empty,
    packages: [{ id, ecosystem, name: "a", version: "1", artifacts: [{ kind: "tarball", ...artifact }], details: {} }],
  };
}

function known(ecosystem: string): ReadonlySet<string> | undefined {
  return ecosystem === "anywhere" ? undefined : new Set(["files.example", "127.0.0.1:4873"]);
}

function lockedRoot(file: string, sha256: string): ResolvedRoot {
  return { id: `root:${file}`, ecosystem: "npm", file, sha256, details: {} };
}

function manifest(file: string, sha256: string): Manifest {
  return { ecosystem: "npm", file, sha256, requirements: [], foreign: [], document: undefined };
}

function hostsOf(ecosystem: string, artifact: Omit<Artifact, "kind">): readonly string[] {
  return findUnknownHosts(withArtifact(ecosystem, artifact), known).map((unknown) => unknown.host);
}

describe("hosts of downloads", () => {
  test.each([
    ["https://files.example/a.tgz", []],
    ["http://127.0.0.1:4873/a.tgz", []],
    ["vendor/a.tgz", []],
    ["https://evil.example/a.tgz", ["evil.example"]],
    ["https://files.example:8443/a.tgz", ["files.example:8443"]],
    ["https://files.example@evil.example/a.tgz", ["evil.example"]],
    ["https://files.example.evil.example/a.tgz", ["files.example.evil.example"]],
    ["git+https://evil.example/a.git", ["evil.example"]],
    ["file:///etc/passwd", ["file://"]],
    ["https://[bad", ["https://[bad"]],
  ])("%s", (url, unknown) => {
    expect(hostsOf("npm", { url })).toEqual(unknown);
  });

  test("an ecosystem whose registry may point anywhere is left alone", () => {
    expect(hostsOf("anywhere", { url: "https://anywhere.example/a.tgz" })).toEqual([]);
  });
});

test("stale roots are told apart", () => {
  const roots = [
    lockedRoot("same", "1"),
    lockedRoot("changed", "1"),
    lockedRoot("gone", "1"),
    lockedRoot("enki.toml", ""),
  ];
  const present = [manifest("same", "1"), manifest("changed", "2"), manifest("new", "1")];
  expect(findStaleRoots({ ...empty, roots }, present)).toEqual({
    added: ["new"],
    removed: ["gone"],
    changed: ["changed"],
  });
});
