import { Dice } from "../../../helpers/dice.ts";
import type { WrittenDependency, WrittenRelease } from "./index-builder.ts";
import { release } from "./index-builder.ts";

/** What a random problem is made of. */
export interface RandomProblem {
  readonly releases: readonly WrittenRelease[];
  readonly root: readonly WrittenDependency[];
}

const versions = ["0.1.0", "0.1.1", "0.2.0", "1.0.0", "1.1.0", "1.1.1", "1.2.0-alpha.1", "2.0.0", "2.1.0"];
const requirements = [
  "*",
  "^1",
  "^0.1",
  "=1.1.0",
  ">=1",
  "<2",
  ">=0.1.1, <2",
  "~1.1",
  "2",
  "1.2.0-alpha",
  "<=0.1",
  "^0.2",
];
const features = ["f", "g", "default"];

/**
 * A registry of crates that mostly depend on crates before them, with features, weak entries, optional and build
 * dependencies, yanked releases and native libraries, and a root that requires the last ones.
 */
export function randomProblem(seed: number): RandomProblem {
  const dice = new Dice(seed);
  const names = Array.from({ length: 4 + dice.roll(5) }, (_, index) => `c${index}`);
  const published: Published[] = [];
  const releases = names.flatMap((name) => {
    const chosen = new Set(Array.from({ length: 1 + dice.roll(5) }, () => dice.pick(versions) ?? "1.0.0"));
    const earlier = [...published];
    published.push({ name, versions: [...chosen].toSorted() });
    return [...chosen].toSorted().map((version) => randomRelease(dice, `${name} ${version}`, earlier));
  });
  const wanted = published.slice(-3).filter(() => dice.isLucky(80));
  return { releases, root: wanted.map((crate) => randomDependency(dice, crate)) };
}

interface Published {
  readonly name: string;
  readonly versions: readonly string[];
}

function randomRelease(dice: Dice, id: string, earlier: readonly Published[]): WrittenRelease {
  const deps: WrittenDependency[] = [];
  const optional: string[] = [];
  for (const crate of new Set(Array.from({ length: dice.roll(4) }, () => dice.pick(earlier)))) {
    if (crate === undefined) continue;
    const { name } = crate;
    const dependency = randomDependency(dice, crate);
    const isOptional = dice.isLucky(35);
    if (isOptional) optional.push(name);
    deps.push({
      ...dependency,
      ...(isOptional ? { optional: true } : {}),
      ...(dice.isLucky(20) ? { kind: "build" } : {}),
    });
  }
  const table: Record<string, string[]> = {};
  for (const feature of features) if (dice.isLucky(80)) table[feature] = [];
  const own = Object.keys(table);
  for (const [feature, values] of Object.entries(table)) {
    const other = dice.pick(own);
    if (other !== undefined && other !== feature && dice.isLucky(30)) values.push(other);
    for (const name of optional) {
      if (dice.isLucky(35)) values.push(dice.pick([name, `${name}/f`, `${name}?/f`, `${name}?/g`]) ?? name);
    }
    for (const dependency of deps) {
      const name = typeof dependency === "string" ? dependency : (dependency.on.split(" ")[0] ?? "");
      if (!optional.includes(name) && dice.isLucky(15)) values.push(`${name}/g`);
    }
  }
  return release(id, deps, {
    features: table,
    ...(dice.isLucky(12) ? { links: `lib${dice.roll(2)}` } : {}),
    ...(dice.isLucky(8) ? { yanked: true } : {}),
  });
}

function randomDependency(dice: Dice, { name, versions: existing }: Published): Exclude<WrittenDependency, string> {
  const wanted = features.filter(() => dice.isLucky(8));
  const fitting = `${dice.isLucky(15) ? "=" : "^"}${dice.pick(existing) ?? "1"}`;
  const requirement = dice.isLucky(40) ? "*" : dice.isLucky(70) ? fitting : dice.pick(requirements);
  return {
    on: `${name} ${requirement}`,
    features: wanted.filter((feature) => feature !== "default" || dice.isLucky(30)),
    ...(dice.isLucky(25) ? { noDefault: true } : {}),
  };
}
