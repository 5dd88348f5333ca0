import { describe, expect, it } from "vitest";

import { EnkiError } from "../../src/model/enki-error.ts";
import type { Artifact, Resolution } from "../../src/model/resolution.ts";
import { changedHashes, refuseChangedHashes } from "../../src/resolve/changed-hashes.ts";

const file: Artifact = { kind: "tarball", url: "https://npm.example/a/-/a-1.0.0.tgz", integrity: "sha512-AAAA" };

function wheel(system: string, integrity: string): Artifact {
  return { kind: "wheel", url: `a-1.0.0-${system}.whl`, integrity };
}

function resolution(artifacts: readonly Artifact[], version = "1.0.0"): Resolution {
  const id = `npm:a@${version}`;
  const nothing = { roots: [], instances: [], edges: [], targets: [], provenance: [], fidelity: [] };
  return { ...nothing, packages: [{ id, ecosystem: "npm", name: "a", version, artifacts, details: {} }] };
}

describe("hashes between the lock and the registry", () => {
  it.each<[string, readonly Artifact[], number]>([
    ["the same", [file], 0],
    ["another digest", [{ ...file, integrity: "sha512-BBBB" }], 1],
    ["a removed hash", [{ kind: file.kind, url: file.url }], 1],
    ["a weaker function", [{ ...file, integrity: "sha256-AAAA" }], 1],
    ["the same file on a mirror", [{ ...file, url: "https://mirror.example/files/a-1.0.0.tgz?x=1" }], 0],
    ["another file on a mirror", [{ ...file, url: "https://mirror.example/a-1.0.0.tgz", integrity: "sha512-BBBB" }], 1],
    [
      "another name of the only tarball",
      [{ ...file, url: "https://npm.example/a/1.0.0", integrity: "sha512-BBBB" }],
      1,
    ],
    [
      "a file that is gone",
      [{ kind: "source", url: "https://npm.example/a/-/a-1.0.0.zip", integrity: "sha512-BBBB" }],
      0,
    ],
  ])("hash_changed: %s", (_, artifacts, count) => {
    expect(changedHashes(resolution([file]), resolution(artifacts))).toHaveLength(count);
  });

  it("one of several wheels is no other wheel", () => {
    expect(changedHashes(resolution([wheel("linux", "sha256-A")]), resolution([wheel("macos", "sha256-B")]))).toEqual(
      [],
    );
  });

  it("another version is another file", () => {
    expect(changedHashes(resolution([file]), resolution([{ ...file, integrity: "sha512-BBBB" }], "1.0.1"))).toEqual([]);
  });

  it("integrity_mismatch: the error shows both digests and names the package", () => {
    const other = resolution([{ ...file, integrity: "sha512-BBBB" }]);
    expect(() => refuseChangedHashes(resolution([file]), other)).toThrow(EnkiError);
    expect(() => refuseChangedHashes(resolution([file]), other)).toThrow(
      /npm:a@1\.0\.0 .*\n.*sha512-AAAA\n.*sha512-BBBB/u,
    );
    expect(() => refuseChangedHashes(resolution([file]), resolution([file]))).not.toThrow();
  });
});
