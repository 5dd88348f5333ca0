import type { Ecosystem } from "../../../../src/ecosystems/ecosystem.ts";
import { ANY_VERSION } from "../../../../src/solver/provider.ts";
import type { PackageIndex, RequirementIndex } from "../../../../src/solver/provider.ts";
import { filterSet } from "../../../../src/solver/version-set.ts";

/**
 * An ecosystem under the name `nix` that has every package at version 1 and, if told so, `tool:rustc` at some version:
 * for tests that are not about toolchains.
 */
export function standInNix(rustc?: string): Ecosystem {
  return {
    id: "nix",
    title: "stand-in",
    requiredTools: [],
    ...(rustc === undefined ? {} : { toolCandidates: () => [{ version: rustc, attribute: "rustc" }] }),
    isManifest: () => false,
    readManifest: () => ({ diagnostics: [] }),
    readDependencyTable: () => ({ diagnostics: [] }),
    rangeAdmits: (range, version) => range === `=${version}`,
    openSource(context) {
      const packages = new Map<string, PackageIndex>();
      const names = new Map<PackageIndex, string>();
      const ranges = [{ syntax: "nix", range: "" }];
      return {
        rootDependencies: () => [],
        accept({ name, range, rangeSyntax = "nix" }) {
          let package_ = packages.get(name);
          if (package_ === undefined) {
            package_ = context.newPackage();
            packages.set(name, package_);
            names.set(package_, name);
          }
          const isFree = range === "*" || (name === "tool:rustc" && rustc === undefined);
          const requirement: RequirementIndex = isFree ? ANY_VERSION : ranges.push({ syntax: rangeSyntax, range }) - 1;
          return { package: package_, requirement };
        },
        load: () => Promise.resolve(),
        facts: () => ({ count: 1 }),
        dependencies: () => [],
        matches(package_, requirement) {
          const wanted = ranges[requirement];
          if (wanted === undefined) return filterSet(1, () => false);
          return filterSet(1, () =>
            context.rangeAdmits(wanted.syntax, wanted.range, versionOf(names.get(package_), rustc)),
          );
        },
        describe: (package_) => {
          const name = names.get(package_) ?? "";
          const isTool = name.startsWith("tool:");
          return { ecosystem: "nix", kind: isTool ? "tool" : "real", label: isTool ? name.slice(5) : name };
        },
        describeVersions: (package_) => versionOf(names.get(package_), rustc),
        describeRequirement: (_package, requirement) => ranges[requirement]?.range ?? "",
        describeReason: () => "",
        packageId: (package_) => `nix:${names.get(package_) ?? ""}@1`,
        versionsOf: () => undefined,
        collect: (selection) =>
          Promise.resolve({
            roots: [],
            packages: [...packages]
              .filter(([, package_]) => selection.candidate(package_) !== undefined)
              .map(([name]) => ({
                id: `nix:${name}@1`,
                ecosystem: "nix",
                name,
                version: "1",
                artifacts: [],
                details: {},
              })),
            instances: [],
            edges: [],
            provenance: [],
            fidelity: { ecosystem: "nix", gaps: [], unverified: [] },
          }),
      };
    },
    verify: () => [],
    exportLocks: () => [],
  };
}

function versionOf(name: string | undefined, rustc: string | undefined): string {
  return name === "tool:rustc" ? (rustc ?? "1.0.0") : "1.0.0";
}
