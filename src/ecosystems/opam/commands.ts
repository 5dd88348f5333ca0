import type { OpamDefinition } from "./definition.ts";
import { interpretField } from "./definition.ts";
import { globalVariables, type OpamEnvironment } from "./environment.ts";
import type { OpamValue } from "./file/value.ts";
import { filterHolds, IllTypedError, interpolate, textOf, type FilterResult, type VariableLookup } from "./filter.ts";

/** What the selection says about other packages while commands are evaluated. */
export type SelectedVersions = ReadonlyMap<string, string>;

/** One command: its arguments. */
export type Command = readonly string[];

/** Facts about every OCaml compiler that nixpkgs builds; they are only known for certain once it is built. */
const compilerFacts: ReadonlyMap<string, FilterResult> = new Map<string, FilterResult>([
  ["ocaml:native", true],
  ["ocaml:native-tools", true],
  ["ocaml:native-dynlink", true],
  ["ocaml:preinstalled", false],
]);

/**
 * The commands of a field (`build`, `install`) for one target: arguments whose filter does not hold are left out,
 * known variables are replaced. What only the machine that builds knows stays as `%{prefix}%`, `%{lib}%`, `%{make}%`,
 * `%{jobs}%`, `%{zarith:lib}%` …, and `%%` stands for `%`.
 */
export function commandsOf(
  definition: OpamDefinition,
  field: string,
  environment: OpamEnvironment,
  selected: SelectedVersions,
): readonly Command[] {
  const variables = commandVariables(definition, environment, selected);
  return interpretField<readonly Command[]>(definition, field, [], (value) => {
    if (value.kind !== "list" && value.kind !== "option") return [argumentsOf([value], variables)];
    const items = value.kind === "list" ? value.items : [value];
    const isSingle = items.every((item) => (item.kind === "option" ? item.value : item).kind !== "list");
    if (isSingle) return nonEmpty([argumentsOf(items, variables)]);
    return nonEmpty(items.map((item) => commandOf(item, variables)));
  });
}

/** The texts of a list field whose elements may have filters: `patches`, `substs`. */
export function filteredTexts(
  definition: OpamDefinition,
  field: string,
  environment: OpamEnvironment,
  selected: SelectedVersions,
): readonly string[] {
  const variables = commandVariables(definition, environment, selected);
  return interpretField<readonly string[]>(definition, field, [], (value) =>
    argumentsOf(value.kind === "list" ? value.items : [value], variables),
  );
}

function nonEmpty(commands: readonly Command[]): readonly Command[] {
  return commands.filter((command) => command.length > 0);
}

function commandOf(value: OpamValue, variables: VariableLookup): Command {
  if (value.kind === "option") return holds(value.conditions, variables) ? commandOf(value.value, variables) : [];
  return argumentsOf(value.kind === "list" ? value.items : [value], variables);
}

function argumentsOf(values: readonly OpamValue[], variables: VariableLookup): string[] {
  return values.flatMap((value): readonly string[] => {
    switch (value.kind) {
      case "string":
        return [interpolate(value.value, variables, true)];
      case "identifier":
        return [textOf(variables(value.name)) ?? `%{${value.name}}%`];
      case "option":
        return holds(value.conditions, variables) ? argumentsOf([value.value], variables) : [];
      default:
        throw new IllTypedError("expected an argument", value);
    }
  });
}

function holds(conditions: readonly OpamValue[], variables: VariableLookup): boolean {
  return conditions.every((condition) => filterHolds(condition, variables));
}

function commandVariables(
  definition: OpamDefinition,
  environment: OpamEnvironment,
  selected: SelectedVersions,
): VariableLookup {
  const globals = globalVariables(environment, definition);
  return (name) => {
    switch (name) {
      case "with-test":
      case "with-doc":
      case "with-dev-setup":
      case "dev":
      case "pinned":
        return false;
      default:
        return globals(name) ?? compilerFacts.get(name) ?? packageVariable(name, definition, selected);
    }
  };
}

/** `a+b:installed`, `a:version`, `a:enable` (opam manual, "Package variables"). */
function packageVariable(name: string, definition: OpamDefinition, selected: SelectedVersions): FilterResult {
  const colon = name.lastIndexOf(":");
  if (colon === -1) return undefined;
  const names = name.slice(0, colon).split("+");
  const isInstalled = names.every((other) => other === "_" || other === definition.name || selected.has(other));
  switch (name.slice(colon + 1)) {
    case "installed":
      return isInstalled;
    case "enable":
      return isInstalled ? "enable" : "disable";
    case "version":
      return selected.get(names[0] ?? "");
    default:
      return undefined;
  }
}
