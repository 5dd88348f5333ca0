import { Worker } from "node:worker_threads";
import { compareBytewise } from "../../model/order.ts";
import { checkNames, type NameVerdict } from "../../resolve/check-registry.ts";
import { namesToCheck, openRegistryCheck, type RegistryCheckPlan } from "./plan.ts";

/** How many names a thread takes at a time: few enough that all threads end together. */
const NAMES_AT_A_TIME = 24;

/** What threads say to each other. */
export type WorkerRequest = { readonly kind: "names"; readonly names: readonly string[] } | { readonly kind: "end" };
export interface WorkerAnswer {
  readonly verdicts: readonly NameVerdict[];
}

export interface RunOptions {
  /** 1 works in this thread. */
  readonly threads: number;
  /** Names to check instead of all. */
  readonly names?: readonly string[];
  readonly signal: AbortSignal;
  onProgress?(done: number, all: number): void;
}

/** Checks a registry on several threads. The verdicts are sorted by name, whatever thread was the fastest. */
export async function runRegistryCheck(plan: RegistryCheckPlan, options: RunOptions): Promise<readonly NameVerdict[]> {
  const check = await openRegistryCheck(plan, options.signal);
  const names = options.names ?? (await namesToCheck(check));
  const verdicts: NameVerdict[] = [];
  const take = (some: readonly NameVerdict[]): void => {
    verdicts.push(...some);
    options.onProgress?.(verdicts.length, names.length);
  };
  // Run from its sources, Enki has no compiled file that a thread could start with.
  const isCompiled = import.meta.url.endsWith(".js");
  if (options.threads <= 1 || !isCompiled) {
    await checkNames(check, names, (verdict) => take([verdict]));
  } else {
    let next = 0;
    const portion = (): readonly string[] => names.slice(next, (next += NAMES_AT_A_TIME));
    const threads = Array.from({ length: Math.min(options.threads, Math.ceil(names.length / NAMES_AT_A_TIME)) });
    await Promise.all(threads.map(() => runThread(plan, portion, take, options.signal)));
  }
  return verdicts.toSorted((left, right) => compareBytewise(left.name, right.name));
}

/** Runs one thread until there is nothing left to hand out. */
function runThread(
  plan: RegistryCheckPlan,
  portion: () => readonly string[],
  take: (verdicts: readonly NameVerdict[]) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./worker.js", import.meta.url), { workerData: plan });
    const handOut = (): void => {
      const names = portion();
      const request: WorkerRequest = names.length === 0 ? { kind: "end" } : { kind: "names", names };
      // A thread has no origin to name.
      // oxlint-disable-next-line unicorn/require-post-message-target-origin
      worker.postMessage(request);
    };
    const abort = (): void => void worker.terminate();
    signal.addEventListener("abort", abort, { once: true });
    worker.on("message", ({ verdicts }: WorkerAnswer) => {
      take(verdicts);
      handOut();
    });
    worker.on("error", reject);
    worker.on("exit", () => {
      signal.removeEventListener("abort", abort);
      resolve();
    });
    handOut();
  });
}
