import { explain } from "../../../src/report/explanation/explain.ts";
import type { ResolveResult } from "../../../src/resolve/request.ts";

/** The words in which a result without an answer is explained. */
export function explainUnsatisfiable(result: ResolveResult): string {
  if (result.kind !== "unsatisfiable") throw new Error(`there is an answer: ${result.kind}`);
  return explain(result.derivation, result.narrator).text;
}
