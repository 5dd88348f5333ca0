import type { WrittenRelease } from "../helpers/index-builder.ts";
import type { ResolverCase } from "./case.ts";
import { crate, using } from "./case.ts";

/** `count` versions of a crate, `1.0.<from>` and up. */
function versions(name: string, count: number, deps: readonly string[] = [], from = 0): readonly WrittenRelease[] {
  return Array.from({ length: count }, (_, patch) => crate(`${name} 1.0.${from + patch}`, deps));
}

/** A ladder: every version of each level needs the next level. */
function ladder(name: string, depth: number, width: number): readonly WrittenRelease[] {
  return Array.from({ length: depth }, (_, level) =>
    versions(`${name}${level}`, width - 1, [`${name}${level + 1}`], 1),
  ).flat();
}

/**
 * `dep` needs `last` and a chain of intermediate crates whose last members need a feature of `last` that only its oldest
 * version has. cargo's time grows with the cube of `size`.
 */
export function slowMissingFeature(size: number): ResolverCase {
  const intermediates = size + 5;
  const chain = Array.from({ length: intermediates }, (_, patch) => {
    const version = `1.0.${patch}`;
    return [
      crate(`intermediate-1 ${version}`, [`intermediate-2 ${version}`]),
      crate(`intermediate-2 ${version}`, [`intermediate-3 ${version}`]),
      crate(`intermediate-3 ${version}`, [using("last 1.0.0", "f")]),
    ];
  }).flat();
  return {
    name: `slow missing feature ${size}`,
    releases: [
      crate("last 1.0.0", [], { f: [] }),
      ...versions("last", size - 1, [], 1),
      crate("dep", ["last", "intermediate-1 1.0.0"]),
      ...chain,
    ],
    root: ["dep"],
  };
}

function manyEquivalent(extra: readonly WrittenRelease[], name: string, root: readonly string[]): ResolverCase {
  return { name: `many equivalent: ${name}`, releases: [...ladder("level", 200, 100), ...extra], root };
}

const level0 = crate("level0 1.0.0");
const constrained = [crate("constrained 1.1.0"), crate("constrained 1.0.0")];
const level200 = crate("level200 1.0.0", ["constrained =1.0.0"]);

function siblingParent(size: number): ResolverCase {
  const traps = ["backtrack_trap1 1.0.2", "backtrack_trap2 1.0.2"];
  return {
    name: "constrained sibling, parent",
    releases: [
      crate("foo", ["bar 1.0", "constrained =1.0.0"]),
      crate("bar 1.0.0", [...traps, "constrained 1.0.0"]),
      ...versions("bar", size - 1, [...traps, "constrained 1.0.1"], 1),
      ...versions("constrained", size),
      ...versions("backtrack_trap1", size),
      ...versions("backtrack_trap2", size),
    ],
    root: ["foo 1"],
  };
}

const cousins: readonly WrittenRelease[] = [
  ...ladder("backtrack_trap", 100, 50),
  ...versions("backtrack_trap100", 49, ["constrained >=1.1.0, <=2.0.0"], 1),
  ...versions("constrained", 60),
  crate("constrained 1.1.0"),
  crate("constrained 2.0.0"),
  crate("constrained 2.0.1"),
  crate("cloaking", ["constrained ~1.0.0"]),
];
const cousinLevels = [...cousins, ...ladder("level", 100, 50), crate("level100", ["backtrack_trap0", "cloaking"])];

function largeConflictCache(): ResolverCase {
  const releases = [crate("last 0.0.0", ["bad"])];
  const root = ["last"];
  for (let index = 0; index <= 20; index++) {
    const plain = String.fromCharCode(97 + index);
    for (const [name, wanted, required] of [
      [`${plain}-sys`, "=0.0.0", ">=0.0.1"],
      [plain, "=1.0.0", ">=1.0.1"],
    ]) {
      releases.push(crate(`last ${releases.length}.0.0`, [`${name} ${wanted}`]));
      root.push(`${name} ${required}`);
    }
    for (let version = 0; version <= 20; version++) {
      releases.push(crate(`${plain}-sys ${version}.0.0`), crate(`${plain} 1.0.${version}`));
    }
  }
  return { name: "large conflict cache", releases, root };
}

/** Searches that punish a resolver which learns nothing, and bugs that fuzzing once found in cargo. */
export const hardCases: readonly ResolverCase[] = [
  siblingParent(50),
  manyEquivalent([], "no bottom", ["level0"]),
  manyEquivalent([level0], "a way out", ["level0"]),
  manyEquivalent([level0, ...constrained, level200], "constrained is free", ["level0", "constrained"]),
  manyEquivalent([level0, ...constrained, level200], "constrained bends", ["level0 1.0.1", "constrained"]),
  manyEquivalent([level0, ...constrained, level200], "constrained does not", ["level0 1.0.1", "constrained 1.1.0"]),
  {
    name: "deep traps",
    releases: [
      ...ladder("backtrack_trap", 200, 100),
      ...versions("backtrack_trap200", 99, [], 1),
      ...versions("cloaking", 109, ["bad 1.0.1"], 1),
    ],
    root: ["backtrack_trap0", "cloaking"],
  },
  { name: "constrained cousins", releases: cousins, root: ["backtrack_trap0", "constrained 2.0.1", "cloaking"] },
  { name: "constrained cousins, deep", releases: cousinLevels, root: ["level0", "constrained 2.0.1"] },
  { name: "constrained cousins, possible", releases: cousinLevels, root: ["level0", "constrained 2.0.0"] },
  {
    name: "constrained sibling, activation",
    releases: [
      crate("foo", ["bar =1.0.0", "backtrack_trap1 1.0", "backtrack_trap2 1.0", "constrained <=1.0.60"]),
      crate("bar", ["constrained >=1.0.60"]),
      ...versions("backtrack_trap1", 45),
      ...versions("backtrack_trap2", 45),
      ...versions("constrained", 100),
    ],
    root: ["foo 1"],
  },
  {
    name: "constrained sibling over many classes",
    releases: [
      crate("foo", ["bar =1.0.0", "backtrack_trap1 1.0", "backtrack_trap2 1.0", "constrained <=60"]),
      crate("bar", ["constrained >=60"]),
      ...versions("backtrack_trap1", 45),
      ...versions("backtrack_trap2", 45),
      ...Array.from({ length: 100 }, (_, major) => crate(`constrained ${major}.0.0`)),
    ],
    root: ["foo 1"],
  },
  largeConflictCache(),
  {
    name: "off by one",
    releases: [
      ...["A-sys 0.0.1", "A-sys 0.0.4", "A-sys 0.0.6", "A-sys 0.0.7", "a 0.0.1", "a 0.0.2"].map((id) => crate(id)),
      crate("NA 0.0.0", ["A-sys <=0.0.5"]),
      crate("NA 0.0.1", ["A-sys >=0.0.6, <=0.0.8"]),
      crate("aa 0.0.0", ["A-sys >=0.0.4, <=0.0.6", "NA <=0.0.0"]),
      crate("f 0.0.3", ["NA", "a <=0.0.2", "aa"]),
    ],
    root: ["f"],
  },
  {
    name: "conflict store",
    releases: [
      ...["A 0.0.3", "A 0.0.5", "L-sys 0.0.5", "R 0.0.6", "a-sys 0.0.5", "a-sys 0.0.11"].map((id) => crate(id)),
      ...["A 0.0.9", "A 0.0.10", "L-sys 0.0.1"].map((id) => crate(id, ["bad"])),
      crate("R 0.0.4", ["L-sys =0.0.5"]),
      crate("c 0.0.12", ["R >=0.0.3, <=0.0.4"]),
      crate("c 0.0.13", ["a-sys >=0.0.8, <=0.0.11"]),
      crate("c0 0.0.6", ["L-sys <=0.0.2"]),
      crate("c0 0.0.10", ["A >=0.0.9, <=0.0.10", "a-sys =0.0.5"]),
      crate("j", ["A >=0.0.3, <=0.0.5", "R >=0.0.4, <=0.0.6", "c >=0.0.9", "c0 >=0.0.6"]),
    ],
    root: ["j"],
  },
  {
    name: "conflict store, several matches",
    releases: [
      ...["A 0.0.0", "A 0.0.1", "B-sys 0.0.0", "B-sys 0.0.1"].map((id) => crate(id)),
      ...[0, 1, 2, 3, 12, 16].map((patch) => crate(`A-sys 0.0.${patch}`)),
      crate("B-sys 0.0.2", ["A-sys =0.0.12"]),
      crate("BA-sys 0.0.0", ["A-sys =0.0.16"]),
      crate("BA-sys 0.0.1", ["bad"]),
      crate("BA-sys 0.0.2", ["bad"]),
      crate("nA", ["A", "A-sys <=0.0.3", "B-sys", "BA-sys"]),
    ],
    root: ["nA"],
  },
  {
    name: "a feature that only an older lock knew",
    releases: [
      crate("a-sys 0.2.0"),
      crate("a-sys 0.1.0"),
      crate("b 0.1.0", ["a-sys 0.1"]),
      crate("c", ["b =0.1.0"]),
      crate("foo", ["a-sys =0.2.0", using("b =0.1.0", "a-sys"), "c =1.0.0"]),
    ],
    root: ["foo"],
  },
  {
    name: "pigeonhole over native libraries",
    releases: Array.from({ length: 5 }, (_, pigeon) => [
      ...Array.from({ length: 4 }, (_unused, hole) =>
        crate(`pigeon${pigeon} ${hole + 1}.0.0`, [`hole${hole}-sys =0.0.${pigeon}`]),
      ),
      ...Array.from({ length: 4 }, (_unused, hole) => crate(`hole${hole}-sys 0.0.${pigeon}`)),
    ]).flat(),
    root: Array.from({ length: 5 }, (_, pigeon) => `pigeon${pigeon}`),
  },
  slowMissingFeature(30),
];
