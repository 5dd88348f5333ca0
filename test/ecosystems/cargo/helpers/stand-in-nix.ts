import type { Ecosystem } from "../../../../src/ecosystems/ecosystem.ts";
import { ANY_VERSION } from "../../../../src/solver/provider.ts";
import type { PackageIndex } from "../../../../src/solver/provider.ts";
import { fullSet } from "../../../../src/solver/version-set.ts";

/** An ecosystem under the name `nix` that has every package at version 1: for tests that are not about toolchains. */
export const standInNix: Ecosystem = {
  id: "nix",
  title: "stand-in",
  requiredTools: [],
  isManifest: () => false,
  readManifest: () => ({ diagnostics: [] }),
  readDependencyTable: () => ({ diagnostics: [] }),
  rangeAdmits: () => true,
  openSource(context) {
    const packages = new Map<string, PackageIndex>();
    const names = new Map<PackageIndex, string>();
    return {
      rootDependencies: () => [],
      accept({ name }) {
        let package_ = packages.get(name);
        if (package_ === undefined) {
          package_ = context.newPackage();
          packages.set(name, package_);
          names.set(package_, name);
        }
        return { package: package_, requirement: ANY_VERSION };
      },
      load: () => Promise.resolve(),
      facts: () => ({ count: 1 }),
      dependencies: () => [],
      matches: () => fullSet(1),
      describe: (package_) => ({ ecosystem: "nix", kind: "real", label: names.get(package_) ?? "" }),
      describeVersions: () => "1",
      describeRequirement: () => "",
      describeReason: () => "",
      packageId: (package_) => `nix:${names.get(package_) ?? ""}@1`,
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
