import { Cadical, loadCadical } from "cadical-wasm";
import { createRequire } from "node:module";
import type { Registry, RegistryEdge } from "./registry.ts";

// The package is CommonJS whose exports Node.js can't name: a named import would fail.
const Logic = createRequire(import.meta.url)("logic-solver") as typeof import("logic-solver");

/** A solver that has loaded a registry once and answers for one root after another. */
export interface Rival {
  readonly name: string;
  /** Whether the version with this position in ascending order can be installed. */
  solve(package_: number, position: number): boolean;
}

/** The registry as clauses: a variable per version, at most one version per package by a ladder. */
function encode(registry: Registry): {
  readonly clauses: readonly (readonly number[])[];
  readonly first: ReadonlyMap<number, number>;
} {
  const first = new Map<number, number>();
  let variables = 0;
  for (const [package_, { versions }] of registry) {
    first.set(package_, variables + 1);
    variables += versions.length;
  }
  const clauses: number[][] = [];
  for (const [package_, { versions, edges }] of registry) {
    const start = first.get(package_) ?? 0;
    const ladder = variables + 1;
    variables += versions.length;
    for (let index = 0; index < versions.length; index++) {
      clauses.push([-(start + index), ladder + index]);
      if (index + 1 < versions.length) {
        clauses.push([-(ladder + index), ladder + index + 1], [-(ladder + index), -(start + index + 1)]);
      }
      for (const edge of edges[index] ?? []) {
        clauses.push([-(start + index), ...admitted(registry, first, edge)]);
      }
    }
  }
  return { clauses, first };
}

function admitted(registry: Registry, first: ReadonlyMap<number, number>, edge: RegistryEdge): readonly number[] {
  const versions = registry.get(edge.package)?.versions ?? [];
  const start = first.get(edge.package) ?? 0;
  const found: number[] = [];
  for (const [index, version] of versions.entries()) {
    if (edge.intervals.some(([from, until]) => version >= from && (until < 0 || version < until)))
      found.push(start + index);
  }
  return found;
}

/** CaDiCaL in WebAssembly, incrementally under one assumption. */
export async function cadical(registry: Registry): Promise<Rival> {
  const module = await loadCadical();
  const { clauses, first } = encode(registry);
  const solver = new Cadical(module, { quiet: true });
  solver.addClauses(clauses);
  return {
    name: "cadical-wasm",
    solve: (package_, position) =>
      solver.solve({ assumptions: [(first.get(package_) ?? 0) + position] }) === "satisfiable",
  };
}

function literal(number: number): string {
  return number < 0 ? `-v${-number}` : `v${number}`;
}

/** CaDiCaL with a new solver for each root: an incremental one may answer a second time by replaying its last model. */
export async function freshCadical(registry: Registry): Promise<Rival> {
  const module = await loadCadical();
  const { clauses, first } = encode(registry);
  return {
    name: "fresh cadical-wasm",
    solve: (package_, position) => {
      const solver = new Cadical(module, { quiet: true });
      solver.addClauses(clauses);
      const status = solver.solve({ assumptions: [(first.get(package_) ?? 0) + position] });
      solver.dispose();
      return status === "satisfiable";
    },
  };
}

/** MiniSat through logic-solver, incrementally under one assumption. */
export function minisat(registry: Registry): Rival {
  const { clauses, first } = encode(registry);
  const solver = new Logic.Solver();
  for (const clause of clauses) solver.require(Logic.or(clause.map(literal)));
  return {
    name: "logic-solver",
    solve: (package_, position) => solver.solveAssuming(literal((first.get(package_) ?? 0) + position)) !== null,
  };
}
