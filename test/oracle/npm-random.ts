/**
 * Random small registries, and projects over them that use all of npm, against the real npm:
 * `npm run oracle:npm-random -- [count] [first seed] [--show KIND] [--enki-only]`.
 *
 * Enki has an answer wherever npm has a right one; npm accepts its locks as they are (checks V1 to V7 of the guide); a
 * second run changes nothing, and a requirement that goes moves nothing else. Where the two differ, the count says why.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { createHttpClient } from "../../src/net/client.ts";
import { checkUniverse, compareUniverse, type Verdict } from "../ecosystems/npm/compare-universe.ts";
import { randomUniverse } from "../ecosystems/npm/random-universe.ts";
import { UniverseServer } from "../ecosystems/npm/universe-server.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** Prints every verdict whose kind contains this. */
    show: { type: "string" },
    /** Without npm's commands: thirty times faster, and half of the checks. */
    "enki-only": { type: "boolean", default: false },
  },
});
const count = Number(positionals[0] ?? 200);
const first = Number(positionals[1] ?? 1);

const scratch = mkdtempSync(join(tmpdir(), "enki-npm-random-"));
const server = await UniverseServer.start();
const http = createHttpClient();
const compare = values["enki-only"] ? checkUniverse : compareUniverse;
const tally = new Map<string, number[]>();
let failures = 0;

function note(seed: number, { kind, isFailure, detail }: Verdict): void {
  tally.set(kind, [...(tally.get(kind) ?? []), seed]);
  if (isFailure) failures++;
  if (isFailure || (values.show !== undefined && kind.includes(values.show))) {
    process.stdout.write(`seed ${seed}: ${kind}: ${detail}\n`);
  }
}

// Two at a time: npm works in the other process while Enki works in this one.
let next = first;
async function work(worker: number): Promise<void> {
  const workshop = { server, http, directory: join(scratch, `worker-${worker}`) };
  while (next < first + count) {
    const seed = next++;
    for (const verdict of await compare(workshop, `seed-${seed}`, randomUniverse(seed))) note(seed, verdict);
  }
}

await Promise.all([work(0), work(1)]);
await server.stop();
rmSync(scratch, { recursive: true, force: true });
for (const [kind, seeds] of [...tally].toSorted(([, left], [, right]) => right.length - left.length)) {
  process.stdout.write(`${seeds.length} ${kind} (${seeds.slice(0, 8).join(", ")}${seeds.length > 8 ? ", …" : ""})\n`);
}
process.stdout.write(`${count} universes, ${failures} failures\n`);
process.exitCode = failures === 0 ? 0 : 1;
