/**
 * The solver against its rivals in one process: `npm run bench:solver [-- --only large_case] [--sat] [--rattler] [--captured]`.
 * Every figure of a row is from the same run; compare ratios, not milliseconds of different machines. `--sat` adds the SAT
 * solvers, which take long; `--rattler` resolvo in WebAssembly; `--captured` the real problems of all ecosystems.
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type Provider, SnapshotProvider } from "../../src/solver/index.ts";
import { CAPTURED } from "./captured.ts";
import { solverInOneModule } from "./one-module.ts";
import { type Problem, problems } from "./problems.ts";
import { ProofMeter } from "./proof-size.ts";
import { proofSources } from "./proofs.ts";
import { rattler } from "./rattler-rival.ts";
import { type Registry, RegistryProvider, type Root } from "./registry.ts";
import { cadical, freshCadical, minisat, type Rival } from "./sat-rivals.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    sat: { type: "boolean", default: false },
    rattler: { type: "boolean", default: false },
    captured: { type: "boolean", default: false },
    proofs: { type: "boolean", default: false },
    budget: { type: "string", default: "1000" },
  },
});
const budgetMs = Number(values.budget);
const { Solver } = await solverInOneModule();

interface Sample {
  readonly minMs: number;
  readonly medianMs: number;
}

/** Runs everything in turn, so that all see the same machine, at least three times and as often as the budget allows. */
function measure(...runs: readonly (() => void)[]): readonly Sample[] {
  const samples: number[][] = runs.map(() => []);
  const startedMs = performance.now();
  for (let round = 0; round < 3 || performance.now() - startedMs < budgetMs; round++) {
    for (const [index, run] of runs.entries()) {
      const beforeMs = performance.now();
      run();
      samples[index]?.push(performance.now() - beforeMs);
    }
  }
  return samples.map((list) => {
    list.sort((a, b) => a - b);
    return { minMs: list[0] ?? 0, medianMs: list[list.length >> 1] ?? 0 };
  });
}

/** How many times as long the rival takes, by the minima of runs in turn. */
function ratio(ours: () => void, rival: () => void): string {
  const [own, other] = measure(ours, rival);
  return ((other?.minMs ?? 0) / (own?.minMs ?? 1)).toFixed(2);
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** What one run leaves on the heap before anything is collected: the median of nine. */
function allocatedBytes(run: () => void): number {
  const samples = Array.from({ length: 9 }, () => {
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    run();
    return process.memoryUsage().heapUsed - before;
  });
  return samples.toSorted((a, b) => a - b)[4] ?? 0;
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
  registry?: Registry,
  { isForSat = false, isForRattler = false }: Partial<Problem> = {},
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
  const [ours = { minMs: 0, medianMs: 0 }] = measure(() => run(false));
  const bytes = allocatedBytes(() => run(false)) / roots.length;
  const words = [
    name.padEnd(32),
    `${roots.length} solves, ${count.satisfiable} with an answer;`,
    `cold ${coldMs.toFixed(1)} ms, min ${ours.minMs.toFixed(3)}, median ${ours.medianMs.toFixed(3)};`,
    `decisions ${count.decisions}, conflicts ${count.conflicts}, propagations ${count.propagations};`,
    `${bytes.toFixed(0)} bytes per solve; staleness ${(count.staleness / Math.max(1, count.satisfiable)).toFixed(4)}`,
  ];
  for (const rival of registry === undefined ? [] : await rivalsFor(registry, isForSat)) {
    try {
      const firstFromMs = performance.now();
      const satisfiable = runRival(rival, registry ?? new Map(), roots);
      const first = ((performance.now() - firstFromMs) / ours.minMs).toFixed(1);
      const times = ratio(
        () => run(false),
        () => runRival(rival, registry ?? new Map(), roots),
      );
      const agrees = satisfiable === count.satisfiable ? "" : ` DISAGREES (${satisfiable})`;
      words.push(`| ${rival.name} ${times} times our time, ${first} the first time${agrees}`);
    } catch (error) {
      words.push(`| ${rival.name} failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (registry !== undefined && values.sat && isForSat && roots.length === 1) {
    words.push(await freshSolvers(registry, roots));
  }
  if (registry !== undefined && values.rattler && isForRattler) {
    words.push(await againstRattler(registry, roots, ours.minMs / roots.length));
  }
  console.log(words.join(" "));
}

/** New objects on both sides, which have to take the registry in first. */
async function freshSolvers(registry: Registry, roots: readonly Root[]): Promise<string> {
  const provider = new RegistryProvider(registry);
  const ours = (): void => {
    const solver = new Solver(provider);
    for (const [package_, candidate] of roots) {
      solver.start(package_, candidate);
      solver.run();
    }
  };
  const rival = await freshCadical(registry);
  return `| ${rival.name} ${ratio(ours, () => runRival(rival, registry, roots))} times the time of a fresh Enki`;
}

/** The first roots only: each of them reads the registry anew. */
async function againstRattler(registry: Registry, roots: readonly Root[], ourMs: number): Promise<string> {
  const rival = rattler(registry);
  if (typeof rival === "string") return `| rattler left out: ${rival}`;
  const some = roots.slice(0, 5);
  const samples: number[] = [];
  for (const [package_, candidate] of some) {
    const position = (registry.get(package_)?.versions.length ?? 0) - 1 - candidate;
    const beforeMs = performance.now();
    // oxlint-disable-next-line no-await-in-loop -- one measurement at a time
    await rival.solve(package_, position);
    samples.push(performance.now() - beforeMs);
  }
  return `| ${rival.name} ${(Math.min(...samples) / ourMs).toFixed(0)} times our time per solve`;
}

/** How large the proofs are; the same on every machine. */
async function reportProofs(): Promise<void> {
  const meter = await ProofMeter.create();
  console.log("| problems | proofs | leaves | most | steps | most | lines | most | not minimal | superfluous leaves |");
  console.log(`|${" --- |".repeat(10)}`);
  for (const { name, proofs } of proofSources()) {
    if (!name.includes(values.only)) continue;
    // oxlint-disable-next-line no-await-in-loop -- a row at a time
    const sizes = (await proofs()).map((proof) => meter.measure(proof));
    const totalAndMost = (numbers: readonly number[]): string => `${total(numbers)} | ${Math.max(0, ...numbers)}`;
    const cells = [
      name,
      sizes.length,
      totalAndMost(sizes.map(({ leaves }) => leaves)),
      totalAndMost(sizes.map(({ steps }) => steps)),
      totalAndMost(sizes.map(({ lines }) => lines)),
      sizes.filter(({ superfluous }) => superfluous > 0).length,
      total(sizes.map(({ superfluous }) => superfluous)),
    ];
    console.log(`| ${cells.join(" | ")} |`);
  }
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

async function reportTimes(): Promise<void> {
  const { present, missing } = problems();
  if (missing.length > 0) console.log(`not measured, because the data is missing: ${missing.join(", ")}`);
  for (const problem of present) {
    if (!problem.name.includes(values.only)) continue;
    const registry = problem.load();
    // oxlint-disable-next-line no-await-in-loop -- one measurement at a time
    await report(problem.name, new RegistryProvider(registry), problem.roots(registry), registry, problem);
  }
  for (const { name, capture } of values.captured ? CAPTURED : []) {
    if (!name.includes(values.only)) continue;
    // oxlint-disable-next-line no-await-in-loop -- one measurement at a time
    const snapshot = await capture();
    if (snapshot === undefined) continue;
    const { root } = snapshot;
    // oxlint-disable-next-line no-await-in-loop -- one measurement at a time
    await report(name, new SnapshotProvider(snapshot), [[root.package, root.candidate]]);
  }
}

await (values.proofs ? reportProofs() : reportTimes());
