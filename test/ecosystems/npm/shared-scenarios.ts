import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runInNewContext } from "node:vm";

import type { SyntheticRegistry } from "./npm-project.ts";

/** Where the shared npm data lies, relative to the repository's root. */
export const sharedNpmData: string = fileURLToPath(new URL("../../../../shared/data/npm", import.meta.url));

/** One of the scenarios that npm itself was run on. */
export interface SharedScenario {
  readonly reg: SyntheticRegistry;
  readonly pkg: object;
  readonly files?: Readonly<Record<string, object>>;
  readonly args?: readonly string[];
  /** A second run with other facts, in the presence of the first run's lock. */
  readonly reg2?: SyntheticRegistry;
  readonly pkg2?: object;
}

/** Whether the shared scenarios are there; prints why a test is skipped when not. */
export function hasSharedScenarios(): boolean {
  const isThere = existsSync(`${sharedNpmData}/npm-scenarios.mjs`);
  if (!isThere) console.warn("skipped: ../shared/data/npm is not there");
  return isThere;
}

/** The scenarios, read out of the script that ran npm on them. */
export function readSharedScenarios(): ReadonlyMap<string, SharedScenario> {
  const script = readFileSync(`${sharedNpmData}/npm-scenarios.mjs`, "utf8");
  const definitions = script.split("\n").filter((line) => /^S\.\w+=/.test(line));
  const scenarios: Record<string, SharedScenario> = {};
  runInNewContext(definitions.join("\n"), { S: scenarios });
  return new Map(Object.entries(scenarios));
}

/** npm's answer to each scenario: the lock in one line, or the error code. */
export function readNpmAnswers(): ReadonlyMap<string, string> {
  const answers = new Map<string, string>();
  let name = "";
  for (const line of readFileSync(`${sharedNpmData}/npm-11-answers.txt`, "utf8").split("\n")) {
    if (line.startsWith("## ")) name = line.slice(3).split(" ")[0] ?? "";
    const match = /^\s+npm11\s+rc=(\d)\s*(?:code (\w+))?\s*\|\s*(.*)$/.exec(line);
    if (match !== null) answers.set(name, match[1] === "0" ? (match[3] ?? "").trim() : (match[2] ?? ""));
  }
  return answers;
}
