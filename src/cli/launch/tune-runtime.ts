import { setFlagsFromString } from "node:v8";

/** The default, 67,584, makes Node 20 optimise code that is about to end, for a fifth of the time of a resolution. */
const interruptBudgetBytes = 600_000;

/** The newest V8 (that of Node 26) that was seen to know these settings, and to gain by them. */
const newestKnownV8 = 14;

/**
 * Settings of V8 for a program that runs for a second or less (decision 0006); they change when code is compiled and how
 * memory is used, and nothing else. To be called before the command's modules are loaded.
 */
export function tuneRuntime(arguments_: readonly string[]): void {
  const version = Number.parseInt(process.versions.v8, 10);
  // Later V8s have a tier between the two extremes, and no such setting.
  if (version < 12) setFlagsFromString(`--interrupt-budget=${interruptBudgetBytes}`);
  // New objects stay in the megabyte where they begin: another 30, page by page, cost more than they save within a second.
  // To collect a megabyte, one thread needs less time than several need to come together.
  const isLong = arguments_.includes("--all");
  if (version > newestKnownV8 || isLong) return;
  setFlagsFromString("--semi-space-growth-factor=1");
  setFlagsFromString("--no-parallel-scavenge");
}
