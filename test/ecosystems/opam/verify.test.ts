import { beforeAll, describe, expect, it } from "vitest";
import { opam } from "../../../src/ecosystems/opam/index.ts";
import type { Manifest } from "../../../src/model/manifest.ts";
import type { Resolution, ResolvedPackage } from "../../../src/model/resolution.ts";
import { memoryRepository } from "./memory-files.ts";
import { solveOpam, tableManifest } from "./solving.ts";

const files = memoryRepository({
  "a.1": 'depends: [("b" {>= "2" & os = "linux"} | "absent") "c"]\nconflicts: "d" {< "2"}\nconflict-class: "k"',
  "b.2": "",
  "c.1": 'available: os != "win32"\ndepends: "d" {= version | >= "2"}',
  "d.2": 'conflict-class: "j"',
});

function withVersion(name: string, version: string): (package_: ResolvedPackage) => ResolvedPackage {
  return (package_) => (package_.name === name ? { ...package_, version, id: `opam:${name}@${version}` } : package_);
}

function withDetails(
  name: string,
  details: ResolvedPackage["details"],
): (package_: ResolvedPackage) => ResolvedPackage {
  return (package_) =>
    package_.name === name ? { ...package_, details: { ...package_.details, ...details } } : package_;
}

describe("the independent check of opam packages", () => {
  const manifests: readonly Manifest[] = [tableManifest({ a: ">= 1" })];
  let resolution: Resolution;

  beforeAll(async () => {
    const answer = await solveOpam({ manifests, files, settings: new Map([["compiler", "none"]]) });
    if (answer.kind !== "solved") throw new Error("there is an answer");
    resolution = answer.resolution;
  });

  function messages(change: (package_: ResolvedPackage) => ResolvedPackage | undefined): readonly string[] {
    const packages = resolution.packages.flatMap((package_) => change(package_) ?? []);
    const ids = new Set(packages.map(({ id }) => id));
    const instances = packages.map(({ id }) => ({ package: id, environment: "run", features: [] }));
    expect(ids.size).toBe(packages.length);
    return opam
      .verify({ ...resolution, packages, instances }, manifests)
      .map(({ from, message }) => `${from} ${message}`);
  }

  it("finds nothing wrong with a right answer", () => {
    expect(messages((package_) => package_)).toEqual([]);
  });

  it("finds a missing package, a version outside its range and an unfulfilled wish", () => {
    expect(messages((package_) => (package_.name === "b" ? undefined : package_))).toEqual([
      'opam:a@1 requires b {>= "2"} or absent, which is not in the lock',
    ]);
    expect(messages(withVersion("b", "1"))).toHaveLength(1);
    expect(messages(withVersion("d", "0.5"))).toEqual([
      "opam:a@1 conflicts with d 0.5",
      'opam:c@1 requires d {= "1" | >= "2"}, which is not in the lock',
    ]);
    expect(messages(withVersion("a", "0.9"))).toEqual(["root:enki.toml requires a >= 1, the lock has 0.9"]);
  });

  it("finds a conflict class held twice, an unavailable package and a second version", () => {
    expect(messages(withDetails("d", { conflictClass: ["k"] }))).toEqual([
      "opam:d@2 shares the conflict class k with opam:a@1",
    ]);
    expect(messages(withDetails("c", { available: 'os = "win32"' }))).toEqual([
      'opam:c@1 is available only if os = "win32"',
    ]);
    const second = {
      ...(resolution.packages.find(({ name }) => name === "b") ?? { id: "" }),
      id: "opam:b@3",
      version: "3",
    };
    const packages = [...resolution.packages, second as ResolvedPackage];
    const instances = packages.map(({ id }) => ({ package: id, environment: "run", features: [] }));
    expect(opam.verify({ ...resolution, packages, instances }, manifests)).toEqual([
      { from: "opam:b@3", message: "there is another version of b" },
    ]);
  });

  it("judges each system by itself", () => {
    const onMac = { os: "macos" };
    const targets = ["aarch64-darwin", "x86_64-linux"].map((system) => ({ system, tools: {} }));
    const packages = resolution.packages.map((package_) =>
      package_.name === "a"
        ? {
            ...package_,
            details: {
              ...package_.details,
              bySystem: {
                "x86_64-linux": package_.details,
                "aarch64-darwin": { ...package_.details, variables: onMac },
              },
            },
          }
        : package_,
    );
    const instances = resolution.instances.map((instance) =>
      instance.package === "opam:b@2" ? { ...instance, systems: ["x86_64-linux"] } : instance,
    );
    // On macOS the first alternative is filtered out, so that the clause asks for the other one.
    expect(opam.verify({ ...resolution, packages, instances, targets }, manifests)).toEqual([
      { from: "opam:a@1", message: "requires absent, which is not in the lock" },
    ]);
  });
});
