/** An ecosystem under the name `nix` that has everything at version 1: this bench is about crates alone. */
export const freeNix = {
  id: "nix",
  title: "nix",
  requiredTools: [],
  isManifest: () => false,
  readManifest: () => ({ diagnostics: [] }),
  readDependencyTable: () => ({ diagnostics: [] }),
  rangeAdmits: () => true,
  openSource(context) {
    const packages = new Map();
    return {
      rootDependencies: () => [],
      accept({ name }) {
        if (!packages.has(name)) packages.set(name, context.newPackage());
        return { package: packages.get(name), requirement: 0 };
      },
      load: () => Promise.resolve(),
      facts: () => ({ count: 1 }),
      dependencies: () => [],
      matches: () => Int32Array.of(1),
      describe: () => ({ ecosystem: "nix", kind: "real", label: "" }),
      describeVersions: () => "",
      describeRequirement: () => "",
      describeReason: () => "",
      packageId: () => undefined,
      collect: () =>
        Promise.resolve({
          roots: [],
          packages: [],
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
