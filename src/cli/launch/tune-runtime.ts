import { setFlagsFromString } from "node:v8";

/** The default, 67,584, makes Node 20 optimise code that is about to end, for a fifth of the time of a resolution. */
const interruptBudgetBytes = 600_000;

/**
 * Settings of V8 for a program that runs for a second or less (decision 0006); they change when code is compiled, and
 * nothing else. To be called before the command's modules are loaded.
 */
export function tuneRuntime(): void {
  // Later V8s have a tier between the two extremes, and no such setting.
  if (Number.parseInt(process.versions.v8, 10) < 12) setFlagsFromString(`--interrupt-budget=${interruptBudgetBytes}`);
}
