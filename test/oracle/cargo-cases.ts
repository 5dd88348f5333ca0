/**
 * Asks the real cargo about every resolver case. `npx tsx test/oracle/cargo-cases.ts` compares with the frozen answers
 * and with Enki, and has cargo judge locks of Enki's that differ; `--write` freezes what cargo says now.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { writeIndex } from "../ecosystems/cargo/helpers/index-builder.ts";
import { runCargo, writeCargoProject } from "../ecosystems/cargo/helpers/real-cargo.ts";
import { lockedPackages, rootManifest, solveCase } from "../ecosystems/cargo/helpers/run-case.ts";
import type { CaseAnswer, ResolverCase } from "../ecosystems/cargo/resolver-cases/case.ts";
import { resolverCases } from "../ecosystems/cargo/resolver-cases/index.ts";

const frozenFile = join(import.meta.dirname, "../ecosystems/cargo/resolver-cases/answers.json");
const write = process.argv.includes("--write");
const frozen = write ? {} : (JSON.parse(readFileSync(frozenFile, "utf8")) as Record<string, CaseAnswer>);

function askCargo(resolverCase: ResolverCase, directory: string): { readonly answer: CaseAnswer; readonly ms: number } {
  const project = join(directory, "project");
  const home = join(directory, "home");
  mkdirSync(home, { recursive: true });
  mkdirSync(join(directory, "registry/index"), { recursive: true });
  writeIndex(join(directory, "registry"), resolverCase.releases);
  writeCargoProject(project, join(directory, "registry"), rootManifest(resolverCase.root));
  const flags = resolverCase.versions === "lowest" ? ["-Zminimal-versions"] : [];
  const started = performance.now();
  const { status, stderr } = runCargo(project, home, ["generate-lockfile", "--offline", ...flags]);
  const ms = performance.now() - started;
  if (status === 0) return { answer: lockedPackages(readFileSync(join(project, "Cargo.lock"), "utf8")), ms };
  if (/cyclic package dependency/u.test(stderr)) return { answer: "cycle", ms };
  if (!/failed to select a version|no matching package|searched package/u.test(stderr)) throw new Error(stderr);
  return { answer: "unsatisfiable", ms };
}

let failures = 0;
const answers: Record<string, CaseAnswer> = {};
for (const resolverCase of resolverCases) {
  const directory = mkdtempSync(join(tmpdir(), "enki-case-"));
  const { answer, ms } = askCargo(resolverCase, directory);
  answers[resolverCase.name] = answer;
  const started = performance.now();
  // One case after the other, so that the times are each its own.
  const ours = await solveCase(resolverCase);
  const ourMs = performance.now() - started;
  const isSame = JSON.stringify(ours.answer) === JSON.stringify(answer);
  let verdict = isSame ? "same" : "DIFFERENT";
  if (!isSame && ours.lock !== "" && typeof answer !== "string") {
    writeFileSync(join(directory, "project/Cargo.lock"), ours.lock);
    const { status } = runCargo(join(directory, "project"), join(directory, "home"), [
      "update",
      "--workspace",
      "--locked",
      "--offline",
    ]);
    if (status === 0) verdict = "other versions, accepted by cargo";
  }
  if (verdict === "DIFFERENT") failures++;
  if (!write && JSON.stringify(frozen[resolverCase.name]) !== JSON.stringify(answer)) {
    failures++;
    verdict += ", NOT AS FROZEN";
  }
  process.stdout.write(`${resolverCase.name}: ${verdict} (cargo ${ms.toFixed(0)} ms, Enki ${ourMs.toFixed(0)} ms)\n`);
  if (verdict !== "same")
    process.stdout.write(`  cargo: ${JSON.stringify(answer)}\n  Enki:  ${JSON.stringify(ours.answer)}\n`);
  rmSync(directory, { recursive: true, force: true });
}
if (write) writeFileSync(frozenFile, `${JSON.stringify(answers, undefined, 1)}\n`);
process.stdout.write(`${resolverCases.length} cases, ${failures} failures\n`);
process.exitCode = failures === 0 ? 0 : 1;
