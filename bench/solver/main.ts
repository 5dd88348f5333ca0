/**
 * The solver against its rivals in one process: `npm run bench:solver [-- --only large_case] [--sat] [--captured]`. Every figure of a row is
 * from the same run; compare ratios, not milliseconds of different machines. `--sat` adds the SAT solvers, which take long; `--captured` the real problems of all ecosystems.
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Provider, SnapshotProvider, Solver } from "../../src/solver/index.ts";
import { CAPTURED } from "./captured.ts";
import { problems } from "./problems.ts";
import { type Registry, RegistryProvider, type Root } from "./registry.ts";
import { cadical, minisat, type Rival } from "./sat-rivals.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    sat: { type: "boolean", default: false },
    captured: { type: "boolean", default: false },
    budget: { type: "string", default: "1000" },
  },
});
const budgetMs = Number(values.budget);

interface Sample {
  readonly minMs: number;
  readonly medianMs: number;
}

/** At least three and at most a hundred repetitions within the budget. */
function measure(run: () => void): Sample {
  const samples: number[] = [];
  const startedMs = performance.now();
  while (samples.length < 3 || (samples.length < 100 && performance.now() - startedMs < budgetMs)) {
    const beforeMs = performance.now();
    run();
    samples.push(performance.now() - beforeMs);
  }
  samples.sort((a, b) => a - b);
  return { minMs: samples[0] ?? 0, medianMs: samples[samples.length >> 1] ?? 0 };
}

/** The prototype that stands beside the repository on the machine of its authors; its shape is checked, its speed is a mark. */
async function prototype(registry: Registry): Promise<Rival | undefined> {
  const path = fileURLToPath(new URL("../../../shared/rivals/solver-prototype.mjs", import.meta.url));
  if (!existsSync(path)) return undefined;
  process.env["EXPAND"] = "1";
  interface Compiled {
    readonly names: ReadonlyMap<number, number>;
  }
  const module = (await import(path)) as {
    compile(packages: unknown): Compiled;
    makeSolver(compiled: Compiled): { solve(package_: number, position: number): unknown };
  };
  const packages = new Map(
    [...registry].map(([package_, { versions, edges }]) => [
      package_,
      { versions, deps: edges.map((list) => list.map((edge) => [edge.package, edge.intervals])) },
    ]),
  );
  const compiled = module.compile(packages);
  const solver = module.makeSolver(compiled);
  return {
    name: "prototype",
    solve: (package_, position) => solver.solve(compiled.names.get(package_) ?? 0, position) !== null,
  };
}

/** How old what was selected is: 0 when every package is at its newest version, 1 when all are at their oldest. */
function staleness(selection: ReadonlyMap<number, number>, provider: Provider): number {
  let sum = 0;
  let counted = 0;
  for (const [package_, candidate] of selection) {
    const count = provider.facts(package_)?.count ?? 0;
    if (count < 2) continue;
    sum += candidate / (count - 1);
    counted += 1;
  }
  return counted === 0 ? 0 : sum / counted;
}

async function rivalsFor(registry: Registry, isForSat: boolean): Promise<readonly Rival[]> {
  const rivals: Rival[] = [];
  const proto = await prototype(registry);
  if (proto !== undefined) rivals.push(proto);
  if (values.sat && isForSat) rivals.push(await cadical(registry), minisat(registry));
  return rivals;
}

function runRival(rival: Rival, registry: Registry, roots: readonly Root[]): number {
  let satisfiable = 0;
  for (const [package_, candidate] of roots) {
    const position = (registry.get(package_)?.versions.length ?? 0) - 1 - candidate;
    if (rival.solve(package_, position)) satisfiable += 1;
  }
  return satisfiable;
}

/** Solves every root once for the counts, then measures; a line per problem. */
async function report(
  name: string,
  provider: Provider,
  roots: readonly Root[],
  registry: Registry | undefined,
  isForSat: boolean,
): Promise<void> {
  const solver = new Solver(provider);
  const count = { satisfiable: 0, decisions: 0, conflicts: 0, propagations: 0, staleness: 0 };
  const run = (isCounting: boolean): void => {
    for (const [package_, candidate] of roots) {
      solver.start(package_, candidate);
      const outcome = solver.run();
      if (outcome.kind === "needs") throw new Error(`${name} lacks facts`);
      if (!isCounting) continue;
      count.decisions += outcome.statistics.decisions;
      count.conflicts += outcome.statistics.conflicts;
      count.propagations += outcome.statistics.propagations;
      if (outcome.kind !== "solved") continue;
      count.satisfiable += 1;
      count.staleness += staleness(outcome.decisions, provider);
    }
  };
  const coldFromMs = performance.now();
  run(false);
  const coldMs = performance.now() - coldFromMs;
  run(true);
  const ours = measure(() => run(false));
  const heapBefore = process.memoryUsage().heapUsed;
  run(false);
  const heapKiB = (process.memoryUsage().heapUsed - heapBefore) / 1024;
  const words = [
    name.padEnd(32),
    `${roots.length} solves, ${count.satisfiable} with an answer;`,
    `cold ${coldMs.toFixed(1)} ms, min ${ours.minMs.toFixed(3)}, median ${ours.medianMs.toFixed(3)};`,
    `decisions ${count.decisions}, conflicts ${count.conflicts}, propagations ${count.propagations};`,
    `heap ${heapKiB.toFixed(0)} KiB; staleness ${(count.staleness / Math.max(1, count.satisfiable)).toFixed(4)}`,
  ];
  for (const rival of registry === undefined ? [] : await rivalsFor(registry, isForSat)) {
    try {
      const satisfiable = runRival(rival, registry ?? new Map(), roots);
      const sample = measure(() => runRival(rival, registry ?? new Map(), roots));
      const agrees = satisfiable === count.satisfiable ? "" : ` DISAGREES (${satisfiable})`;
      words.push(`| ${rival.name} ${(sample.minMs / ours.minMs).toFixed(2)} times our time${agrees}`);
    } catch (error) {
      words.push(`| ${rival.name} failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  console.log(words.join(" "));
}

const { present, missing } = problems();
if (missing.length > 0) console.log(`not measured, because the data is missing: ${missing.join(", ")}`);
for (const { name, load, roots, isForSat } of present) {
  if (!name.includes(values.only)) continue;
  const registry = load();
  // oxlint-disable-next-line no-await-in-loop -- one measurement at a time
  await report(name, new RegistryProvider(registry), roots(registry), registry, isForSat === true);
}
for (const { name, capture } of values.captured ? CAPTURED : []) {
  if (!name.includes(values.only)) continue;
  // oxlint-disable-next-line no-await-in-loop -- one measurement at a time
  const snapshot = await capture();
  if (snapshot === undefined) continue;
  const { root } = snapshot;
  // oxlint-disable-next-line no-await-in-loop -- one measurement at a time
  await report(name, new SnapshotProvider(snapshot), [[root.package, root.candidate]], undefined, false);
}
