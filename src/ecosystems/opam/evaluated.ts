import type { Diagnostic } from "../../model/diagnostic.ts";
import { clausesOf, type Clause } from "./clauses.ts";
import { interpretField, textsOf, type OpamDefinition } from "./definition.ts";
import { dependencyVariables, globalVariables, type OpamEnvironment, type PackageScope } from "./environment.ts";
import { printValue } from "./file/printer.ts";
import { filterHolds } from "./filter.ts";
import { evaluateAtoms, evaluateFormula, type PackageAtom, type PackageFormula } from "./formula.ts";

/** What one package version says under one environment: all that the solver has to know of it. */
export interface EvaluatedPackage {
  readonly definition: OpamDefinition;
  /** `undefined` when nothing is required. */
  readonly depends: PackageFormula | undefined;
  readonly clauses: readonly Clause[];
  readonly conflicts: readonly PackageAtom[];
  readonly conflictClasses: readonly string[];
}

/** Evaluates the fields that constrain the solution. Ill-typed ones are reported and left out. */
export function evaluatePackage(
  definition: OpamDefinition,
  environment: OpamEnvironment,
  scope: PackageScope,
  report: (diagnostic: Diagnostic) => void,
): EvaluatedPackage {
  const inFormula = dependencyVariables(environment, scope);
  const inConflict = globalVariables(environment, scope);
  const depends = interpretField<PackageFormula | undefined>(
    definition,
    "depends",
    undefined,
    (value) => evaluateFormula(value, inFormula),
    report,
  );
  const conflicts = interpretField<PackageAtom[]>(
    definition,
    "conflicts",
    [],
    (value) => evaluateAtoms(value, inConflict),
    report,
  );
  return {
    definition,
    depends,
    clauses: depends === undefined ? [] : clausesOf(depends),
    // Two versions of one name never live together anyway, so a package cannot conflict with itself.
    conflicts: conflicts.filter((atom) => atom.name !== definition.name),
    conflictClasses: interpretField<string[]>(definition, "conflict-class", [], textsOf, report),
  };
}

/** The text of the `available` filter when it does not hold, else `undefined`. */
export function unavailability(
  definition: OpamDefinition,
  environment: OpamEnvironment,
  report: (diagnostic: Diagnostic) => void,
): string | undefined {
  return interpretField<string | undefined>(
    definition,
    "available",
    undefined,
    (value) => (filterHolds(value, globalVariables(environment, definition)) ? undefined : printValue(value)),
    report,
  );
}
