import { describe, expect, it } from "vitest";
import type { ResolveOptions, SourceContext, TableEntry } from "../../../src/ecosystems/ecosystem.ts";
import { nix } from "../../../src/ecosystems/nix/index.ts";
import type { JsonValue } from "../../../src/model/json.ts";
import type { ForeignRequirement } from "../../../src/model/requirement.ts";
import { resolveService } from "../../../src/resolve.ts";
import { fullSet, membersOf } from "../../../src/solver/version-set.ts";
import { resolveRequest } from "../../helpers/resolve-request.ts";

function options(settings: Readonly<Record<string, JsonValue>> = {}): ResolveOptions {
  return { settings: new Map(Object.entries(settings)) };
}

function contextOf(settings: Readonly<Record<string, JsonValue>> = {}): SourceContext {
  let packages = 0;
  return {
    target: { system: "x86_64-linux", tools: new Map() },
    options: options(settings),
    registries: [],
    preferences: [],
    http: { fetch: () => Promise.reject(new Error("no network")) },
    files: { readFile: () => undefined, readDirectory: () => undefined, kind: () => undefined },
    projectDirectory: "/nowhere",
    environmentVariables: {},
    nested: () => [],
    nowMs: 0,
    isOffline: true,
    newPackage: () => packages++,
    foreign: () => {
      throw new Error("nixpkgs has no requirements on others");
    },
    rangeAdmits: (_syntax, range, version) => nix.rangeAdmits(range, version),
    report: () => undefined,
  };
}

function requirement(name: string, range = "*", extra: Partial<ForeignRequirement> = {}): ForeignRequirement {
  return { ecosystem: "nix", name, range, kind: "link", why: `a test of ${name}`, ...extra };
}

function entry(name: string, range = "*"): TableEntry {
  return { name, range, features: [], origin };
}

const origin = { file: "enki.toml", line: 3 };

describe("the nix source", () => {
  it("gives every attribute exactly one candidate, and a toolchain its attributes with the default first", () => {
    const source = nix.openSource(contextOf({ release: "nixos-24.11" }));
    const openssl = source.accept(requirement("crate:openssl-sys")).package;
    expect(source.facts(openssl)).toEqual({ count: 1 });
    expect(source.describe(openssl)).toMatchObject({ ecosystem: "nix", kind: "real", label: "openssl" });
    expect(source.accept(requirement("debian:libssl-dev")).package).toBe(openssl);
    const python = source.accept(requirement("tool:python", ">=3.11")).package;
    expect(source.facts(python)?.count).toBeGreaterThan(2);
    expect(source.packageId(python, 0)).toMatch(/^nix:python312@3\.12\./);
  });

  it("matches ranges of other syntaxes through the context", () => {
    const asked: string[] = [];
    const context = contextOf({ release: "nixos-24.11" });
    const source = nix.openSource({
      ...context,
      rangeAdmits: (syntax, range, version) => {
        asked.push(syntax);
        return range === "^1.80" && version.startsWith("1.8");
      },
    });
    const target = source.accept(requirement("tool:rustc", "^1.80", { rangeSyntax: "cargo" }));
    expect(membersOf(source.matches(target.package, target.requirement))).toEqual([0]);
    expect(new Set(asked)).toEqual(new Set(["cargo"]));
  });

  it("does not match a range where no version is recorded, and says so in the result", () => {
    const source = nix.openSource(contextOf({ release: "nixos-24.11" }));
    const any = source.accept(requirement("debian:libev-dev"));
    const ranged = source.accept(requirement("attr:libev", ">=4"));
    expect(any.package).toBe(ranged.package);
    expect(membersOf(source.matches(any.package, any.requirement))).toEqual([0]);
    expect(membersOf(source.matches(ranged.package, ranged.requirement))).toEqual([]);
    expect(source.describeVersions(any.package, fullSet(1))).toBe("unrecorded");
  });

  it("makes an unknown attribute a fact, not an error", () => {
    const source = nix.openSource(contextOf());
    const target = source.accept(requirement("attr:noSuchThing"));
    const facts = source.facts(target.package);
    expect(facts?.count).toBe(0);
    expect(source.describeReason(facts?.missing)).toContain("is not in Enki's table of nixpkgs nixos-25.05");
  });

  it("needs nothing where nothing is needed, and all attributes where a name means several", () => {
    const source = nix.openSource(contextOf());
    const nothing = source.accept(requirement("debian:libc6-dev")).package;
    expect(source.dependencies(nothing, 0)).toEqual([]);
    expect(source.packageId(nothing, 0)).toBeUndefined();
    const both = source.accept(requirement("debian:cargo")).package;
    expect(source.dependencies(both, 0)).toHaveLength(2);
    expect(source.packageId(both, 0)).toBe("nix:cargo@1.86.0");
  });

  it("refuses an unreadable range and an unknown release", () => {
    const source = nix.openSource(contextOf());
    expect(() => source.accept(requirement("tool:rustc", "^^1"))).toThrow(/cannot read/);
    expect(() => nix.openSource(contextOf({ release: "nixos-1.0" }))).toThrow(/no built-in table/);
  });

  it("offers the toolchains of a release to the facade, default first", () => {
    const python = nix.toolCandidates?.("python", options({ release: "nixos-24.11" })) ?? [];
    expect(python[0]?.attribute).toBe("python312");
    expect(python.every(({ version }) => /^3\.\d+\.\d+$/.test(version))).toBe(true);
    expect(nix.toolCandidates?.("rustc", options({ release: "nixos-24.11" }))).toEqual([
      { version: "1.82.0", attribute: "rustc" },
    ]);
    expect(nix.toolCandidates?.("rustc", options())).toEqual([{ version: "1.86.0", attribute: "rustc" }]);
  });

  it("reads the index of a channel from a file of the project", () => {
    const text = JSON.stringify({ packages: { python3: { version: "3.14.0" }, python314: { version: "3.14.0" } } });
    const files = {
      readFile: (path: string) => (path === "/project/pins/unstable.json" ? Buffer.from(text) : undefined),
      readDirectory: () => undefined,
      kind: () => undefined,
    };
    const where = { files, projectDirectory: "/project" };
    const pinned = options({ release: "pins/unstable.json" });
    expect(nix.toolCandidates?.("python", pinned, where)).toEqual([{ version: "3.14.0", attribute: "python314" }]);
    expect(() => nix.toolCandidates?.("python", options({ release: "pins/none.json" }), where)).toThrow(
      /no nixpkgs index/,
    );
  });
});

describe("a table of enki.toml", () => {
  const where = { projectDirectory: "/nowhere", files: contextOf().files };

  it("becomes requirements with their places", () => {
    const { manifest } = nix.readDependencyTable([entry("openssl", ">=3"), entry("debian:libgmp-dev")], where);
    expect(manifest?.requirements.map(({ name, range }) => [name, range])).toEqual([
      ["openssl", ">=3"],
      ["debian:libgmp-dev", "*"],
    ]);
  });

  it.each([
    [entry("open ssl"), "nix-invalid-attribute"],
    [entry("openssl", "^3"), "nix-invalid-range"],
    [entry("tool:ghc"), "nix-unknown-tool"],
  ])("refuses %j", (bad, code) => {
    const reading = nix.readDependencyTable([bad], where);
    expect(reading.manifest).toBeUndefined();
    expect(reading.diagnostics).toMatchObject([{ code, severity: "error", origin }]);
  });

  it("resolves by itself: tools, libraries, roles, provenance, and passes its own check", async () => {
    const entries = [
      entry("tool:rustc", ">=1.80"),
      entry("debian:libgmp-dev"),
      entry("openssl", ">=3"),
      entry("cmake"),
    ];
    const { manifest } = nix.readDependencyTable(entries, where);
    if (manifest === undefined) throw new Error("the table is good");
    const settings = new Map([["nix", new Map([["release", "nixos-24.11"]])]]);
    const outcome = await resolveService(resolveRequest([nix], [manifest], { settings }));
    if (outcome.kind !== "resolved") throw new Error(`the service is ${outcome.kind}`);
    const { packages, provenance, fidelity } = outcome.resolution;
    expect(packages.map(({ id }) => id)).toEqual([
      "nix:cmake@unrecorded",
      "nix:gmp@6.3.0",
      "nix:openssl@3.3.2",
      "nix:rustc@1.82.0",
    ]);
    expect(packages.map(({ details }) => details["roles"])).toEqual([["native"], ["link"], ["both"], ["native"]]);
    expect(provenance[0]?.registry).toBe("nixpkgs nixos-24.11 (built-in table)");
    expect(fidelity[0]?.gaps.join("; ")).toContain("no version is recorded for cmake");
    expect(nix.verify(outcome.resolution, [manifest])).toEqual([]);
  });

  it("is unsatisfiable, not an error, when the release is too old", async () => {
    const { manifest } = nix.readDependencyTable([entry("tool:rustc", ">=1.85")], where);
    if (manifest === undefined) throw new Error("the table is good");
    const settings = new Map([["nix", new Map([["release", "nixos-24.11"]])]]);
    const outcome = await resolveService(resolveRequest([nix], [manifest], { settings }));
    expect(outcome.kind).toBe("unsatisfiable");
  });

  it("finds what does not hold in a tampered resolution", async () => {
    const { manifest } = nix.readDependencyTable([entry("openssl", ">=3"), entry("tool:rustc", ">=1.80")], where);
    if (manifest === undefined) throw new Error("the table is good");
    const outcome = await resolveService(resolveRequest([nix], [manifest]));
    if (outcome.kind !== "resolved") throw new Error("the service resolves");
    const { resolution } = outcome;
    const older = resolution.packages.map((one) => (one.name === "openssl" ? { ...one, version: "1.1.1" } : one));
    expect(nix.verify({ ...resolution, packages: older }, [manifest])).toMatchObject([
      { message: "openssl 1.1.1 is not in >=3" },
    ]);
    const missing = resolution.packages.filter(({ name }) => name !== "openssl");
    expect(nix.verify({ ...resolution, packages: missing }, [manifest])).toMatchObject([
      { message: "openssl is required but not locked" },
    ]);
    const twice = resolution.packages.flatMap((one) => [
      one,
      { ...one, version: "9", details: { ...one.details, release: "x" } },
    ]);
    expect(nix.verify({ ...resolution, packages: twice }, [manifest]).length).toBeGreaterThan(2);
  });
});
