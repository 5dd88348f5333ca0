import type { Manifest } from "../../model/manifest.ts";
import { ANY_VERSION, type Dependency } from "../../solver/provider.ts";
import type { OpamDefinition } from "./definition.ts";
import type { DependencyBuilder, OriginMaker } from "./dependency-builder.ts";
import type { EvaluatedPackage } from "./evaluated.ts";
import { versionFormulaText, versionFulfils } from "./formula.ts";
import { documentOf, originOf, type TableRequirement } from "./manifest.ts";
import type { PackageTable } from "./package-table.ts";

interface RootParts {
  readonly builder: DependencyBuilder;
  readonly table: Pick<PackageTable, "real" | "claim">;
  evaluate(definition: OpamDefinition): EvaluatedPackage | undefined;
  foreign(definition: OpamDefinition): readonly Dependency[];
}

/** What one manifest requires and excludes, as edges of the root with the places where they were written. */
export function manifestDependencies(manifest: Manifest, parts: RootParts): Dependency[] {
  const document = documentOf(manifest);
  if (document.kind === "table") return document.requirements.map((entry) => tableDependency(entry, parts));
  const { definition } = document;
  const evaluated = parts.evaluate(definition);
  if (evaluated === undefined) return [];
  const makeOrigin: OriginMaker = (text, value) => ({ text, kind: "manifest", place: originOf(definition, value) });
  return [
    ...evaluated.clauses.flatMap((clause) => parts.builder.clause(clause, makeOrigin) ?? []),
    ...evaluated.conflicts.map((atom) => parts.builder.conflict(atom, makeOrigin)),
    ...evaluated.conflictClasses.flatMap((className) => {
      const claim = parts.table.claim(className);
      const requirement = claim.claim(definition.name);
      const value = definition.fields.get("conflict-class");
      if (requirement === undefined || value === undefined) return [];
      const origin = makeOrigin(`conflict-class: "${className}"`, value);
      return [{ package: claim.index, requirement, kind: "requires" as const, origin }];
    }),
    ...parts.foreign(definition),
  ];
}

function tableDependency(entry: TableRequirement, parts: RootParts): Dependency {
  const package_ = parts.table.real(entry.name);
  const text = versionFormulaText(entry.versions);
  const requirement =
    entry.versions.kind === "any"
      ? ANY_VERSION
      : package_.number({
          key: text,
          text,
          admits: (candidate) => versionFulfils(entry.versions, candidate.version),
        });
  const origin = { text: entry.range, kind: "manifest", place: entry.origin } as const;
  return { package: package_.index, requirement, kind: "requires", origin };
}
