import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  allMissing,
  backtrackingDisjoint,
  backtrackingRanges,
  backtrackingSingletons,
  conflictHeavy,
  deepChain,
  diamond,
  noBacktracking,
  pigeonhole,
  sudoku,
  SUDOKU_EASY,
  SUDOKU_HARD,
  unsatisfiableChain,
  wideFan,
} from "./generators.ts";
import { ELM_LIKE, npmLike, timelineRegistry } from "./timeline-registry.ts";
import { everyVersion, parseRegistry, type Registry, type Root, versionsOf } from "./registry.ts";

/** One benchmark: a registry and the roots that are solved one after another by the same solver object. */
export interface Problem {
  readonly name: string;
  readonly load: () => Registry;
  readonly roots: (registry: Registry) => readonly Root[];
  /** Small enough for solvers that need a variable per version. */
  readonly isForSat?: boolean;
  /** For the solver that reads the registry anew for each root. */
  readonly isForRattler?: boolean;
}

const DATA = fileURLToPath(new URL("../../../shared/data/solver/", import.meta.url));

function onlyRoot(): readonly Root[] {
  return [[0, 0]];
}

function rootsOfPackageZero(registry: Registry): readonly Root[] {
  return versionsOf(registry, 0);
}

function fromFile(file: string): Registry {
  const path = DATA + file;
  return parseRegistry(
    file.endsWith(".xz")
      ? execFileSync("xz", ["-dc", path], { encoding: "utf8", maxBuffer: 1 << 29 })
      : readFileSync(path, "utf8"),
  );
}

/** Problems that are generated: they need nothing but this repository. */
export const GENERATED: readonly Problem[] = [
  { name: "backtracking singletons", load: () => backtrackingSingletons(100, 500), roots: onlyRoot },
  { name: "backtracking disjoint", load: () => backtrackingDisjoint(300, 200), roots: onlyRoot },
  { name: "backtracking ranges", load: () => backtrackingRanges(5, 200), roots: onlyRoot, isForSat: true },
  { name: "no backtracking", load: () => noBacktracking(1000), roots: onlyRoot, isForSat: true },
  { name: "sudoku easy", load: () => sudoku(SUDOKU_EASY), roots: onlyRoot, isForSat: true },
  { name: "sudoku hard", load: () => sudoku(SUDOKU_HARD), roots: onlyRoot, isForSat: true },
  { name: "diamond 20x20", load: () => diamond(20, 20), roots: onlyRoot, isForSat: true },
  { name: "wide fan 1000", load: () => wideFan(1000), roots: onlyRoot, isForSat: true },
  { name: "conflict heavy 100x5", load: () => conflictHeavy(100, 5), roots: onlyRoot, isForSat: true },
  { name: "unsatisfiable chain 500", load: () => unsatisfiableChain(500), roots: onlyRoot, isForSat: true },
  { name: "500 versions of nothing", load: () => allMissing(500), roots: onlyRoot, isForSat: true },
  { name: "deep chain 500", load: () => deepChain(500), roots: onlyRoot, isForSat: true },
  { name: "elm-like 1000", load: () => timelineRegistry(ELM_LIKE), roots: rootsOfPackageZero, isForSat: true },
  { name: "pigeonhole 6", load: () => pigeonhole(6), roots: onlyRoot, isForSat: true },
];

/** Generated too, but too large for a test. */
const LARGE: readonly Problem[] = [
  { name: "diamond 200x20", load: () => diamond(200, 20), roots: onlyRoot },
  ...[300, 2000, 5000].map((packages) => ({
    name: `npm-like timeline ${packages}`,
    load: () => timelineRegistry(npmLike(packages)),
    roots: rootsOfPackageZero,
  })),
];

/** What made the files of `npm-like` registries; too large a file to keep. */
const GENERATOR = "generate-npm-like.mjs";

/** 520,788 versions and 1,468,022 edges of 5,000 packages. */
function madeByGenerator(): Registry {
  const folder = mkdtempSync(join(tmpdir(), "enki-bench-"));
  const file = join(folder, "registry.txt");
  try {
    const [seed, packages, meanVersions] = ["1", "5000", "100"];
    execFileSync(process.execPath, [DATA + GENERATOR, seed, packages, meanVersions, file]);
    return parseRegistry(readFileSync(file, "utf8"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const FILES: readonly (Problem & { readonly file: string })[] = [
  { name: "large_case", file: "large_case.txt", roots: everyVersion, isForSat: true, isForRattler: true },
  { name: "large_case_1", file: "large_case_1.txt", roots: everyVersion, isForSat: true },
  {
    name: "npm-like 300",
    file: "npm-like-300.txt.xz",
    roots: rootsOfPackageZero,
    isForSat: true,
    isForRattler: true,
  },
  { name: "npm-like 2000", file: "npm-like-2000.txt.xz", roots: rootsOfPackageZero },
]
  .map((problem) => ({ ...problem, load: () => fromFile(problem.file) }))
  .concat({ name: "npm-like 5000", file: GENERATOR, roots: rootsOfPackageZero, load: madeByGenerator });

/** All problems whose data is at hand, and the names of those whose data is missing. */
export function problems(): { readonly present: readonly Problem[]; readonly missing: readonly string[] } {
  return {
    present: [...FILES.filter(({ file }) => existsSync(DATA + file)), ...GENERATED, ...LARGE],
    missing: FILES.filter(({ file }) => !existsSync(DATA + file)).map(({ name }) => name),
  };
}
