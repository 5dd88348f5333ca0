import type { Ecosystem, PackageSource, SourceContext } from "../ecosystems/ecosystem.ts";
import { EnkiError } from "../model/enki-error.ts";
import type { EcosystemId, ForeignRequirement } from "../model/requirement.ts";
import { ANY_VERSION, type PackageIndex } from "../solver/provider.ts";
import { fullSet } from "../solver/version-set.ts";

/** An ecosystem in which everything is taken to exist: for judging another ecosystem by itself. */
export function assumedEcosystem(id: EcosystemId): Ecosystem {
  return {
    id,
    title: id,
    requiredTools: [],
    isManifest: () => false,
    readManifest: () => ({ diagnostics: [] }),
    readDependencyTable: () => ({ diagnostics: [] }),
    rangeAdmits: () => true,
    openSource: (context) => assumedSource(id, context),
    verify: () => [],
    exportLocks: () => [],
  };
}

function assumedSource(id: EcosystemId, context: SourceContext): PackageSource {
  const names = new Map<PackageIndex, string>();
  const indices = new Map<string, PackageIndex>();
  return {
    rootDependencies: () => [],
    accept: (requirement: ForeignRequirement) => {
      const index = indices.get(requirement.name) ?? context.newPackage();
      indices.set(requirement.name, index);
      names.set(index, requirement.name);
      return { package: index, requirement: ANY_VERSION };
    },
    load: () => Promise.resolve(),
    facts: () => ({ count: 1 }),
    dependencies: () => [],
    matches: () => fullSet(1),
    describe: (package_) => ({ ecosystem: id, kind: "real", label: names.get(package_) ?? "" }),
    describeVersions: () => "*",
    describeRequirement: () => "",
    describeReason: () => "",
    packageId: () => undefined,
    versionsOf: () => undefined,
    collect: () => {
      const fidelity = { ecosystem: id, gaps: [], unverified: [] };
      return Promise.resolve({ roots: [], packages: [], instances: [], edges: [], provenance: [], fidelity });
    },
  };
}

/** The ecosystems of a check: the checked one as it is, the others assumed. */
export function onlyEcosystem(
  ecosystems: ReadonlyMap<EcosystemId, Ecosystem>,
  id: EcosystemId,
): ReadonlyMap<EcosystemId, Ecosystem> {
  const checked = ecosystems.get(id);
  if (checked === undefined) throw new EnkiError("unsupported", `the ecosystem "${id}" is not supported`);
  return new Map([...ecosystems.keys()].map((other) => [other, other === id ? checked : assumedEcosystem(other)]));
}
