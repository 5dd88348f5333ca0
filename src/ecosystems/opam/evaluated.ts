import type { Diagnostic } from "../../model/diagnostic.ts";
import { clausesOf, type Clause } from "./clauses.ts";
import { interpretField, textsOf, type OpamDefinition } from "./definition.ts";
import { dependencyVariables, globalVariables, type OpamEnvironment, type PackageScope } from "./environment.ts";
import { printValue } from "./file/printer.ts";
import { evaluateFilter, truthOf, type VariableLookup } from "./filter.ts";
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

/**
 * What has to hold for a version to be available, when it does not: the `available` filter, or, when the filter hangs on
 * a variable without a value, that this variable be known. Versions that miss the same thing say so in the same words.
 */
export function unavailability(
  definition: OpamDefinition,
  environment: OpamEnvironment,
  report: (diagnostic: Diagnostic) => void,
): string | undefined {
  const variables = globalVariables(environment, definition);
  let unknown: string | undefined;
  const lookup: VariableLookup = (name) => {
    const value = variables(name);
    if (value === undefined) unknown ??= name;
    return value;
  };
  return interpretField<string | undefined>(
    definition,
    "available",
    undefined,
    (value) => {
      const truth = truthOf(evaluateFilter(value, lookup));
      if (truth === true) return undefined;
      return truth === undefined && unknown !== undefined ? `${unknown} is known` : printValue(value);
    },
    report,
  );
}
