import * as Logic from "logic-solver";
import {
  admits,
  libraryOf,
  ownNeeds,
  packageEcosystems,
  type Need,
  type RealUniverse,
  type VersionFacts,
} from "./real-universe.ts";

/** A solver brings a heap of 16 MB, so one serves many universes, each with variables of its own. */
const universesPerSolver = 100;
let shared = new Logic.Solver();
let served = 0;

/** Whether MiniSat finds a selection for a universe: what the ecosystems' own rules come to, written down as clauses. */
export function isSatisfiable(universe: RealUniverse): boolean {
  if (served % universesPerSolver === 0) shared = new Logic.Solver();
  const solver = shared;
  const mark = `${String(served++)} `;
  const versionsOf = ({ ecosystem, name, range }: Need): readonly string[] =>
    Object.keys(universe.packages[ecosystem][name] ?? {}).filter((version) => admits(range, version));
  const anyOf = (need: Need, prefix: string = need.ecosystem): Logic.Formula =>
    Logic.or(versionsOf(need).map((version) => `${mark}${prefix}:${need.name}@${version}`));
  // What enki.toml and others ask npm for lies side by side in one folder, so it is one version of each name.
  const fromElsewhere = (need: Need): Logic.Formula =>
    anyOf(need, need.ecosystem === "npm" ? "npm-top" : need.ecosystem);
  for (const ecosystem of packageEcosystems) {
    const tools = universe.tools[ecosystem].map((minor) => `${mark}${ecosystem} tool ${String(minor)}`);
    solver.require(Logic.atMostOne(tools));
    for (const [name, all] of Object.entries(universe.packages[ecosystem])) {
      const ids = Object.keys(all).map((version) => `${mark}${ecosystem}:${name}@${version}`);
      const claiming = Object.entries(all).flatMap(([version, { library }]) =>
        library === undefined ? [] : [`${mark}cargo:${name}@${version}`],
      );
      if (ecosystem === "pypi" || ecosystem === "opam") solver.require(Logic.atMostOne(ids));
      if (ecosystem === "cargo") solver.require(Logic.atMostOne(claiming));
      if (ecosystem === "npm") {
        const top = Object.keys(all).map((version) => `${mark}npm-top:${name}@${version}`);
        solver.require(Logic.atMostOne(top));
        for (const [index, id] of top.entries()) solver.require(Logic.implies(id, ids[index] ?? ""));
      }
      for (const [version, facts] of Object.entries(all)) {
        const id = `${mark}${ecosystem}:${name}@${version}`;
        for (const need of ownNeeds(ecosystem, facts.own)) solver.require(Logic.implies(id, anyOf(need)));
        for (const need of facts.foreign) solver.require(Logic.implies(id, fromElsewhere(need)));
        const usable = universe.tools[ecosystem].filter((minor) => fits(facts.tool, minor));
        if (facts.tool !== undefined) {
          solver.require(
            Logic.implies(id, Logic.or(usable.map((minor) => `${mark}${ecosystem} tool ${String(minor)}`))),
          );
        }
        if (libraryOf(ecosystem, name, facts) === "zlib") solver.require(Logic.not(id));
      }
    }
  }
  for (const { from, to } of universe.declared) {
    for (const version of versionsOf(from)) {
      solver.require(Logic.implies(`${mark}${from.ecosystem}:${from.name}@${version}`, fromElsewhere(to)));
    }
  }
  // With nothing selected all of the above holds, so only what the root asks for has to be an assumption.
  return solver.solveAssuming(Logic.and(universe.root.map(fromElsewhere))) !== null;
}

function fits(tool: VersionFacts["tool"], minor: number): boolean {
  if (tool === undefined) return true;
  return tool.operator === "<" ? minor < tool.bound : minor >= tool.bound;
}
