/**
 * Random universes against every judge: `npm run fuzz:solver -- --count 100000 --seed 1`. Prints what it saw; a failure
 * prints the universe and the seed and ends with status 1.
 */
import { parseArgs } from "node:util";
import { Judge } from "../solver/judge.ts";
import { randomGranules } from "../solver/granules.ts";
import { Random, randomUniverse, SHAPES } from "../solver/random-universe.ts";

const { values } = parseArgs({
  options: { count: { type: "string", default: "5000" }, seed: { type: "string", default: "1" } },
});
/** One universe in so many is the lowering of a registry with several selections per name. */
const GRANULES_EVERY = 5;

const count = Number(values.count);
const firstSeed = Number(values.seed);
const judge = await Judge.create();
const startedMs = performance.now();
for (let index = 0; index < count; index++) {
  const seed = firstSeed + index;
  const random = new Random(seed);
  const shape = SHAPES[random.below(SHAPES.length)];
  if (shape === undefined) continue;
  try {
    if (index % GRANULES_EVERY === 0) judge.judgeGranules(randomGranules(random), random);
    else judge.judge(randomUniverse(random, shape), random);
  } catch (error) {
    console.error(`seed ${seed}: ${error instanceof Error ? error.message.slice(0, 4000) : String(error)}`);
    process.exitCode = 1;
    break;
  }
}
const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
console.log(`${count} universes from seed ${firstSeed} in ${seconds} s: ${JSON.stringify(judge.tally)}`);
