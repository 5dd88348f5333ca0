import { describe, expect, test } from "vitest";
import { always, MarkerAlgebra, never, type EnvironmentSet } from "../../../src/ecosystems/pypi/pep/marker-algebra.ts";
import { evaluateMarker } from "../../../src/ecosystems/pypi/pep/marker-evaluation.ts";
import { shortMarker } from "../../../src/ecosystems/pypi/pep/marker-printing.ts";
import { parseMarker, type Marker } from "../../../src/ecosystems/pypi/pep/marker.ts";

function marker(text: string): Marker {
  const parsed = parseMarker(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.problem.message}`);
  return parsed.value;
}

function setOf(algebra: MarkerAlgebra, text: string): EnvironmentSet {
  const set = algebra.of(marker(text));
  if (set === undefined) throw new Error(`${text} means nothing`);
  return set;
}

test.each([
  ['python_version < "3.8"', 'python_version >= "3.9"'],
  ['python_version == "3.8"', 'python_full_version >= "3.9"'],
  ['sys_platform == "linux"', 'sys_platform == "win32" and os_name == "nt"'],
  ['extra == "A.b"', 'extra != "a-b"'],
  ['"test" in dependency_groups', '"test" not in dependency_groups'],
  ['python_version ~= "3.8"', 'python_version >= "4"'],
  ['sys_platform < "linux"', 'os_name == "posix"'],
])("%s and %s never hold together", (left, right) => {
  const algebra = new MarkerAlgebra();
  expect(algebra.areDisjoint(setOf(algebra, left), setOf(algebra, right))).toBe(true);
});

test.each([
  ['python_version == "3.8"', 'python_version < "3.9"'],
  ['python_version >= "3.9"', 'python_full_version >= "3.8.2"'],
  ['sys_platform == "linux" and os_name == "posix"', 'sys_platform != "win32"'],
  ['python_version > "3.8"', 'python_version >= "3.9"'],
])("%s implies %s, and not the other way round where they differ", (inner, outer) => {
  const algebra = new MarkerAlgebra();
  const [small, large] = [setOf(algebra, inner), setOf(algebra, outer)];
  expect(algebra.implies(small, large)).toBe(true);
  expect(algebra.implies(large, small)).toBe(small === large);
});

test.each([
  ['python_version >= "3.9"', 'python_version > "3.8"'],
  ['python_version != "3.9"', 'python_version < "3.9" or python_version >= "3.10"'],
  [
    'os_name == "nt" and (extra == "a" or extra == "b")',
    'os_name == "nt" and extra == "b" or extra == "a" and os_name == "nt"',
  ],
  ['python_version == "3.*"', 'python_version >= "3" and python_version < "4"'],
])("markers that mean the same are one set: %s", (left, right) => {
  const algebra = new MarkerAlgebra();
  expect(setOf(algebra, right)).toBe(setOf(algebra, left));
});

test("a marker and its negation are everything", () => {
  const algebra = new MarkerAlgebra();
  expect(setOf(algebra, 'sys_platform == "a" or sys_platform != "a"')).toBe(always);
});

test.each(['os_name ~= "a"', '"3.8" <= python_version', 'extra < "a"', 'python_version == "3.8.1"'])(
  "%s is no set",
  (text) => {
    expect(new MarkerAlgebra().of(marker(text))).toBeUndefined();
  },
);

/** A small generator of the same numbers everywhere. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
}

const platforms = ["linux", "darwin", "win32"];
const pythons = ["3.8", "3.9", "3.10", "3.11", "3.12"];

function randomMarker(next: (below: number) => number, depth: number): string {
  if (depth > 0 && next(3) > 0) {
    const [left, right] = [randomMarker(next, depth - 1), randomMarker(next, depth - 1)];
    return `(${left}) ${next(2) === 0 ? "and" : "or"} (${right})`;
  }
  const pick = (list: readonly string[]): string => list[next(list.length)] ?? "";
  switch (next(5)) {
    case 0:
      return `sys_platform ${pick(["==", "!=", ">=", "<"])} "${pick(platforms)}"`;
    case 1:
      return `python_version ${pick(["==", "!=", ">=", ">", "<", "<="])} "${pick(pythons)}"`;
    case 2:
      return `python_full_version ${pick(["==", "!=", ">=", ">", "<", "<="])} "${pick(pythons)}.${next(3)}"`;
    case 3:
      return `extra ${pick(["==", "!="])} "${pick(["a", "b"])}"`;
    default:
      return `"${pick(["x", "y"])}" ${pick(["in", "not in"])} dependency_groups`;
  }
}

/** All environments that the random markers can tell apart. */
const samples = platforms.flatMap((platform) =>
  pythons.flatMap((python) =>
    ["0", "1", "2", "0rc1"].flatMap((patch) =>
      ["a", ""].flatMap((extra) =>
        [[], ["x"], ["x", "y"]].map((groups) => ({
          variables: new Map([
            ["sys_platform", platform],
            ["python_version", python],
            ["python_full_version", `${python}.${patch}`],
            ["extra", extra],
          ]),
          dependencyGroups: new Set(groups),
        })),
      ),
    ),
  ),
);

/** Whether an environment is in the set, by walking the diagram. */
function has(algebra: MarkerAlgebra, set: EnvironmentSet, sample: (typeof samples)[number]): boolean {
  const { variables } = sample;
  const exact = `python_full_version == "${variables.get("python_full_version") ?? ""}"`;
  const parts = [
    exact,
    `sys_platform == "${variables.get("sys_platform") ?? ""}"`,
    ...["a", "b"].map((extra) => `extra ${variables.get("extra") === extra ? "==" : "!="} "${extra}"`),
    ...["x", "y"].map(
      (group) => `"${group}" ${sample.dependencyGroups.has(group) ? "in" : "not in"} dependency_groups`,
    ),
  ];
  const own = setOf(algebra, parts.join(" and "));
  expect(own).not.toBe(never);
  return algebra.implies(own, set);
}

test("sets have exactly the environments in which their markers hold; so have their unions, meets and complements", () => {
  const next = numbers(7);
  const algebra = new MarkerAlgebra();
  for (let round = 0; round < 60; round++) {
    const [first, second] = [randomMarker(next, 3), randomMarker(next, 2)];
    const [left, right] = [setOf(algebra, first), setOf(algebra, second)];
    const joined = [algebra.and(left, right), algebra.or(left, right), algebra.not(left)];
    for (const sample of samples) {
      const inLeft = evaluateMarker(marker(first), sample);
      const inRight = evaluateMarker(marker(second), sample);
      expect([first, has(algebra, left, sample)]).toEqual([first, inLeft]);
      expect(joined.map((set) => has(algebra, set, sample))).toEqual([inLeft && inRight, inLeft || inRight, !inLeft]);
    }
  }
});

describe("short markers", () => {
  const algebra = new MarkerAlgebra();
  const targets = ["linux", "darwin"].flatMap((platform) =>
    pythons.map((python) => `sys_platform == "${platform}" and python_version == "${python}"`),
  );
  const among = targets.map((text) => setOf(algebra, text)).reduce((left, right) => algebra.or(left, right), never);

  test.each([
    [[0, 1, 2, 3, 4], 'sys_platform == "linux"'],
    [[0, 1, 2, 5, 6, 7], 'python_version < "3.11"'],
    [[2, 7], 'python_version == "3.10"'],
    [[3, 4, 8, 9], 'python_version >= "3.11"'],
    [[1, 2, 6, 7], 'python_version >= "3.9" and python_version < "3.11"'],
    [[0, 1, 2, 3, 4, 5], 'python_version < "3.9" or sys_platform == "linux"'],
  ])("of the targets %j", (chosen, expected) => {
    const set = chosen.map((at) => setOf(algebra, targets[at] ?? "")).reduce((left, right) => algebra.or(left, right));
    expect(shortMarker(algebra, set, among)).toBe(expected);
  });

  test("hold on exactly the targets that they are for, whatever those are", () => {
    const next = numbers(11);
    for (let round = 0; round < 300; round++) {
      const some = targets.filter(() => next(2) === 0);
      if (some.length === 0) continue;
      const set = some.map((text) => setOf(algebra, text)).reduce((left, right) => algebra.or(left, right), never);
      const short = shortMarker(algebra, set, among);
      const again = short === undefined ? always : setOf(algebra, short);
      expect(algebra.and(again, among)).toBe(set);
    }
  });
});
