import { EnkiError } from "../../model/enki-error.ts";
import { interpretField } from "./definition.ts";
import { globalVariables, type OpamEnvironment } from "./environment.ts";
import type { EvaluatedPackage } from "./evaluated.ts";
import { atomsOf, evaluateFormula, type PackageFormula } from "./formula.ts";

/**
 * Refuses a selection that nobody can build: packages that need each other before they are built. Dependencies marked
 * `post` do not count. Throws an EnkiError with the code `unsupported` that names one cycle.
 */
export function refuseCycles(packages: readonly EvaluatedPackage[], environment: OpamEnvironment): void {
  const byName = new Map(packages.map((package_) => [package_.definition.name, package_]));
  const successors = new Map<string, readonly string[]>();
  const following = (name: string): readonly string[] => {
    let names = successors.get(name);
    if (names === undefined) {
      const package_ = byName.get(name);
      names = package_ === undefined ? [] : builtBefore(package_, environment).filter((other) => byName.has(other));
      successors.set(name, names);
    }
    return names;
  };
  const finished = new Set<string>();
  for (const start of byName.keys()) {
    // Depth first with an explicit stack: a chain may be as long as the solution.
    const path: { readonly name: string; next: number }[] = [];
    const onPath = new Set<string>();
    const enter = (name: string): void => {
      path.push({ name, next: 0 });
      onPath.add(name);
    };
    if (!finished.has(start)) enter(start);
    for (let top = path[path.length - 1]; top !== undefined; top = path[path.length - 1]) {
      const next = following(top.name)[top.next++];
      if (next === undefined) {
        path.pop();
        onPath.delete(top.name);
        finished.add(top.name);
      } else if (onPath.has(next)) {
        const names = path.map(({ name }) => name);
        throw cycleError([...names.slice(names.indexOf(next)), next]);
      } else if (!finished.has(next)) {
        enter(next);
      }
    }
  }
}

/** The names that must be there before a package is built. */
function builtBefore(package_: EvaluatedPackage, environment: OpamEnvironment): readonly string[] {
  const { definition } = package_;
  const globals = globalVariables(environment, definition);
  const formula = interpretField<PackageFormula | undefined>(definition, "depends", undefined, (value) =>
    evaluateFormula(value, (name) => (name === "build" ? true : name === "post" ? false : (globals(name) ?? false))),
  );
  return formula === undefined ? [] : atomsOf(formula).map((atom) => atom.name);
}

function cycleError(names: readonly string[]): EnkiError {
  return new EnkiError("unsupported", `opam packages depend on each other in a cycle: ${names.join(" -> ")}`, {
    hint: "one of the dependencies has to be marked {post} in its opam file, or another version chosen",
  });
}
