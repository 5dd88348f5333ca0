import type { JsonObject, JsonValue } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { PackageId, Resolution, ResolvedPackage, Violation } from "../../model/resolution.ts";
import type { SystemName } from "../../model/target.ts";
import {
  dependencyVariables,
  environmentOf,
  globalVariables,
  type OpamEnvironment,
  type PackageScope,
} from "./environment.ts";
import { OpamSyntaxError } from "./file/lexer.ts";
import { parseOpamDocument, parseOpamValue } from "./file/parser.ts";
import { printValue } from "./file/printer.ts";
import type { OpamValue } from "./file/value.ts";
import { filterHolds, IllTypedError } from "./filter.ts";
import {
  evaluateAtoms,
  evaluateFormula,
  versionFormulaText,
  versionFulfils,
  type PackageAtom,
  type PackageFormula,
} from "./formula.ts";
import { documentOf } from "./manifest.ts";
import { parseRange } from "./range.ts";

/** One thing that requires and excludes: a package of the lock or a manifest. */
interface Claimant {
  readonly id: PackageId;
  readonly scope: PackageScope;
  readonly environment: OpamEnvironment;
  readonly depends: OpamValue | undefined;
  readonly conflicts: OpamValue | undefined;
  readonly available: OpamValue | undefined;
  readonly conflictClasses: readonly string[];
}

/**
 * Judges a resolution formula by formula, straight from what the lock repeats of the opam files: no clauses, no
 * candidates, nothing of the source that the solver asked. Each system is judged by itself.
 */
export function verifyOpam(resolution: Resolution, manifests: readonly Manifest[]): readonly Violation[] {
  const own = manifests.filter((manifest) => manifest.ecosystem === "opam");
  const violations = resolution.targets.flatMap(({ system }) => verifySystem(resolution, own, system));
  const seen = new Set<string>();
  return violations.filter(({ from, message }) => {
    const key = JSON.stringify([from, message]);
    return !seen.has(key) && seen.add(key);
  });
}

function verifySystem(
  resolution: Resolution,
  manifests: readonly Manifest[],
  system: SystemName,
): readonly Violation[] {
  const present = new Set(
    resolution.instances
      .filter(({ systems }) => systems === undefined || systems.includes(system))
      .map((instance) => instance.package),
  );
  const packages = resolution.packages.filter(({ id, ecosystem }) => ecosystem === "opam" && present.has(id));
  const claimants = [
    ...packages.map((package_) => packageClaimant(package_, system)),
    ...manifests.flatMap((manifest) => manifestClaimant(manifest, resolution, system) ?? []),
  ];
  const violations: Violation[] = [];
  const selected = new Map<string, string>();
  for (const { id, scope } of claimants) {
    if (selected.has(scope.name)) violations.push({ from: id, message: `there is another version of ${scope.name}` });
    selected.set(scope.name, scope.version);
  }
  for (const claimant of claimants) violations.push(...judge(claimant, selected));
  violations.push(...classViolations(claimants));
  for (const manifest of manifests) violations.push(...tableViolations(manifest, selected));
  return violations;
}

function judge(claimant: Claimant, selected: ReadonlyMap<string, string>): readonly Violation[] {
  const { id, scope, environment } = claimant;
  const violations: Violation[] = [];
  const guarded = (check: () => string | undefined): void => {
    try {
      const message = check();
      if (message !== undefined) violations.push({ from: id, message });
    } catch (error) {
      // opam passes over a field that is not of its type.
      if (!(error instanceof IllTypedError)) throw error;
    }
  };
  guarded(() => {
    if (claimant.depends === undefined) return undefined;
    const formula = evaluateFormula(claimant.depends, dependencyVariables(environment, scope));
    const failing = formula === undefined ? undefined : firstFailing(formula, selected);
    return failing === undefined ? undefined : `requires ${formulaText(failing)}, which is not in the lock`;
  });
  guarded(() => {
    if (claimant.conflicts === undefined) return undefined;
    const broken = evaluateAtoms(claimant.conflicts, globalVariables(environment, scope)).find(
      (atom) => atom.name !== scope.name && atomHolds(atom, selected),
    );
    return broken === undefined ? undefined : `conflicts with ${broken.name} ${selected.get(broken.name) ?? ""}`;
  });
  guarded(() => {
    if (claimant.available === undefined) return undefined;
    const holds = filterHolds(claimant.available, globalVariables(environment, scope));
    return holds ? undefined : `is available only if ${printValue(claimant.available)}`;
  });
  return violations;
}

function firstFailing(formula: PackageFormula, selected: ReadonlyMap<string, string>): PackageFormula | undefined {
  switch (formula.kind) {
    case "atom":
      return atomHolds(formula, selected) ? undefined : formula;
    case "and":
      for (const operand of formula.operands) {
        const failing = firstFailing(operand, selected);
        if (failing !== undefined) return failing;
      }
      return undefined;
    case "or":
      return formula.operands.some((operand) => firstFailing(operand, selected) === undefined) ? undefined : formula;
  }
}

function atomHolds(atom: PackageAtom, selected: ReadonlyMap<string, string>): boolean {
  const version = selected.get(atom.name);
  return version !== undefined && versionFulfils(atom.versions, version);
}

function formulaText(formula: PackageFormula): string {
  if (formula.kind !== "atom") {
    return formula.operands.map((operand) => formulaText(operand)).join(formula.kind === "or" ? " or " : " and ");
  }
  return formula.versions.kind === "any" ? formula.name : `${formula.name} {${versionFormulaText(formula.versions)}}`;
}

function classViolations(claimants: readonly Claimant[]): readonly Violation[] {
  const holders = new Map<string, Claimant>();
  const violations: Violation[] = [];
  for (const claimant of claimants) {
    for (const className of claimant.conflictClasses) {
      const holder = holders.get(className);
      if (holder !== undefined && holder.scope.name !== claimant.scope.name) {
        violations.push({ from: claimant.id, message: `shares the conflict class ${className} with ${holder.id}` });
      }
      holders.set(className, claimant);
    }
  }
  return violations;
}

function tableViolations(manifest: Manifest, selected: ReadonlyMap<string, string>): readonly Violation[] {
  const document = documentOf(manifest);
  if (document.kind !== "table") return [];
  return document.requirements.flatMap(({ name, range }) => {
    const version = selected.get(name);
    if (version !== undefined && versionFulfils(parseRange(range), version)) return [];
    return [{ from: `root:${manifest.file}`, message: `requires ${name} ${range}, the lock has ${version ?? "none"}` }];
  });
}

function packageClaimant(package_: ResolvedPackage, system: SystemName): Claimant {
  const details = detailsOn(package_, system);
  return {
    id: package_.id,
    scope: {
      name: package_.name,
      version: package_.version,
      isPinned: false,
      wanted: new Set(texts(details["wanted"])),
    },
    environment: new Map(Object.entries(textRecord(details["variables"]))),
    depends: formulaOf(details, "depends"),
    conflicts: formulaOf(details, "conflicts"),
    available: formulaOf(details, "available"),
    conflictClasses: texts(details["conflictClass"]),
  };
}

/** The details of a package on one system, where they differ between systems. */
function detailsOn(package_: ResolvedPackage, system: SystemName): JsonObject {
  const own = objectOf(objectOf(package_.details["bySystem"])?.[system]);
  return own ?? package_.details;
}

function manifestClaimant(manifest: Manifest, resolution: Resolution, system: SystemName): Claimant | undefined {
  const document = documentOf(manifest);
  if (document.kind !== "file") return undefined;
  const { definition } = document;
  const root = resolution.roots.find(({ id }) => id === `root:${manifest.file}`);
  const variables = new Map(Object.entries(textRecord(root?.details["variables"])));
  // Read again from the text: the check trusts nothing that the source has evaluated.
  const items = parseOpamDocument(definition.document.text).items;
  const field = (name: string): OpamValue | undefined => {
    for (const item of items) if (item.kind === "field" && item.name === name) return item.value;
    return undefined;
  };
  const classes = field("conflict-class");
  return {
    id: `root:${manifest.file}`,
    scope: {
      name: definition.name,
      version: definition.version,
      isPinned: true,
      wanted: new Set(texts(root?.details["wanted"])),
    },
    environment: environmentOf(system, variables),
    depends: field("depends"),
    conflicts: field("conflicts"),
    available: undefined,
    conflictClasses:
      classes?.kind === "string"
        ? [classes.value]
        : classes?.kind === "list"
          ? classes.items.flatMap((item) => (item.kind === "string" ? [item.value] : []))
          : [],
  };
}

function formulaOf(details: JsonObject, field: string): OpamValue | undefined {
  const text = details[field];
  if (typeof text !== "string") return undefined;
  try {
    return parseOpamValue(text);
  } catch (error) {
    if (error instanceof OpamSyntaxError) return undefined;
    throw error;
  }
}

function objectOf(value: JsonValue | undefined): JsonObject | undefined {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

function textRecord(value: JsonValue | undefined): Readonly<Record<string, string>> {
  const entries = Object.entries(objectOf(value) ?? {});
  return Object.fromEntries(
    entries.flatMap(([name, text]): [string, string][] => (typeof text === "string" ? [[name, text]] : [])),
  );
}

function texts(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}
