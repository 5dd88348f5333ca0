import { parentPort, workerData } from "node:worker_threads";
import { checkNames, type NameVerdict } from "../../resolve/check-registry.ts";
import { openRegistryCheck, type RegistryCheckPlan } from "./plan.ts";
import type { WorkerAnswer, WorkerRequest } from "./run.ts";

// One thread of a registry check: opens the registry once, then judges the names that it is given.
const port = parentPort;
if (port !== null) {
  const opening = openRegistryCheck(workerData as RegistryCheckPlan, new AbortController().signal);
  port.on("message", (request: WorkerRequest) => {
    if (request.kind === "end") {
      port.close();
      return;
    }
    void opening.then(async (check) => {
      const verdicts: NameVerdict[] = [];
      await checkNames(check, request.names, (verdict) => verdicts.push(verdict));
      const answer: WorkerAnswer = { verdicts };
      port.postMessage(answer);
    });
  });
}
