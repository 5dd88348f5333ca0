/**
 * Random small registries against the real cargo: `npx tsx test/oracle/cargo-random.ts [count] [first seed]`. Same
 * satisfiability, and locks that differ must be accepted; where cargo finds no answer, it must accept Enki's.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { writeIndex } from "../ecosystems/cargo/helpers/index-builder.ts";
import { randomProblem } from "../ecosystems/cargo/helpers/random-registry.ts";
import { runCargo, writeCargoProject } from "../ecosystems/cargo/helpers/real-cargo.ts";
import { rootManifest, solveCase } from "../ecosystems/cargo/helpers/run-case.ts";

const count = Number(process.argv[2] ?? 200);
const first = Number(process.argv[3] ?? 1);
const tally = { same: 0, accepted: 0, missedByCargo: 0, unsatisfiable: 0, failed: 0 };
for (let seed = first; seed < first + count; seed++) {
  const problem = randomProblem(seed);
  const directory = mkdtempSync(join(tmpdir(), "enki-random-"));
  const project = join(directory, "project");
  const home = join(directory, "home");
  mkdirSync(home);
  mkdirSync(join(directory, "registry/index"), { recursive: true });
  writeIndex(join(directory, "registry"), problem.releases);
  writeCargoProject(project, join(directory, "registry"), rootManifest(problem.root));
  const { status, stderr } = runCargo(project, home, ["generate-lockfile", "--offline"]);
  // One after the other: cargo uses all cores by itself.
  const ours = await solveCase({ name: `seed ${seed}`, ...problem });
  const isSolved = ours.lock !== "";
  const accept = (): { readonly status: number; readonly stderr: string } => {
    writeFileSync(join(project, "Cargo.lock"), ours.lock);
    return runCargo(project, home, ["update", "--workspace", "--locked", "--offline"]);
  };
  if (isSolved && status !== 0 && accept().status === 0) {
    // cargo's search gives up where it remembers a conflict that only other features had caused.
    tally.missedByCargo++;
  } else if (isSolved !== (status === 0)) {
    tally.failed++;
    process.stdout.write(
      `seed ${seed}: cargo ${status}, Enki ${isSolved ? "solves it" : String(ours.answer)}\n${stderr}\n`,
    );
  } else if (!isSolved) {
    tally.unsatisfiable++;
  } else if (ours.lock === readFileSync(join(project, "Cargo.lock"), "utf8")) {
    tally.same++;
  } else {
    const verdict = accept();
    if (verdict.status === 0) tally.accepted++;
    else {
      tally.failed++;
      process.stdout.write(`seed ${seed}: not accepted: ${verdict.stderr}\n`);
    }
  }
  rmSync(directory, { recursive: true, force: true });
}
process.stdout.write(`${JSON.stringify(tally)}\n`);
process.exitCode = tally.failed === 0 ? 0 : 1;
