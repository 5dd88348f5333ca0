import { join } from "node:path";
import { expect } from "vitest";

import { temporaryDirectory } from "../../helpers/temporary-directory.ts";
import { checkLock } from "./lock-checks.ts";
import { resolveProject, type SyntheticProject } from "./npm-project.ts";

/** The package-lock.json that Enki writes. */
export async function lockOf(project: SyntheticProject): Promise<string> {
  const result = await resolveProject(project);
  if (result.kind !== "resolved") throw new Error(result.kind);
  expect(result.violations).toEqual([]);
  return result.locks[0]?.content ?? "";
}

/** What the real npm has to say about a lock, without any registry. */
export async function npmFindings(project: SyntheticProject): Promise<unknown[]> {
  const packageJson = { name: "root", version: "1.0.0", private: true, ...project.packageJson };
  const files = Object.entries(project.files ?? {}).map(([path, content]): [string, string] => [
    path,
    typeof content === "string" ? content : JSON.stringify(content),
  ]);
  const directory = join(temporaryDirectory(), "project");
  return checkLock(
    {
      directory,
      files: new Map([...files, ["package.json", `${JSON.stringify(packageJson, undefined, 2)}\n`]]),
      lock: await lockOf(project),
      manifest: () => undefined,
    },
    ["V6", "V2", "V1", "V3"],
  );
}
