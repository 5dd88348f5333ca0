import { expect, test } from "vitest";
import { findPackages } from "../../src/report/find-packages.ts";
import { DependencyGraph } from "../../src/report/graph.ts";
import { plainPaint } from "../../src/report/paint.ts";
import type { TreeOptions } from "../../src/report/tree.ts";
import { renderTree } from "../../src/report/tree.ts";
import { renderWhy, shortestPaths } from "../../src/report/why.ts";
import type { ShortEdge } from "./resolution-of.ts";
import { resolutionOf } from "./resolution-of.ts";

function tree(edges: readonly ShortEdge[], options: Partial<TreeOptions> = {}): string {
  return renderTree(new DependencyGraph(resolutionOf(edges)), { isInverted: false, ...options }, plainPaint);
}

const service: readonly ShortEdge[] = [
  ["root:web/package.json", "npm:kit@1.0.0", { range: "^1" }],
  ["root:web/package.json", "npm:test@3.0.0", { kind: "dev" }],
  ["npm:kit@1.0.0", "npm:tiny@2.0.0"],
  ["npm:test@3.0.0", "npm:tiny@2.0.0"],
  ["npm:test@3.0.0", "npm:kit@1.0.0", { kind: "peer", alias: "kit-alias" }],
  ["npm:kit@1.0.0", "nix:openssl@3.4", { kind: "link", why: "links openssl" }],
  ["npm:kit@1.0.0", "npm:fsevents@2.3.3", { kind: "optional", systems: ["aarch64-darwin", "x86_64-darwin"] }],
];

test("kinds, systems, crossings and repetitions are marked", () => {
  expect(tree(service)).toBe(`web/package.json
├── kit 1.0.0
│   ├── tiny 2.0.0
│   ├── fsevents 2.3.3 (optional; aarch64-darwin, x86_64-darwin)
│   └── nix openssl 3.4 (link; links openssl)
└── test 3.0.0 (dev)
    ├── tiny 2.0.0
    └── kit 1.0.0 (peer) (*)

(*) shown above
`);
});

test("toolchains that a root asks for are shown below the roots only, unless all are wanted", () => {
  const edges: readonly ShortEdge[] = [
    ["root:enki.toml#pypi", "pypi:a@1"],
    ["root:enki.toml#pypi", "nix:python@3", { kind: "tool", why: "requires-python of bot" }],
    ["pypi:a@1", "nix:python@3", { kind: "tool", why: "requires-python of a 1" }],
    ["pypi:a@1", "nix:cc@1", { kind: "tool", why: "builds native code" }],
  ];
  const common = "enki.toml (dependencies.pypi)\n├── pypi a 1\n";
  const root = "└── nix python 3 (tool; requires-python of bot)\n";
  expect(tree(edges)).toBe(`${common}│   └── nix cc 1 (tool; builds native code)\n${root}`);
  expect(tree(edges, { showsTools: true })).toBe(
    `${common}│   ├── nix cc 1 (tool; builds native code)\n│   └── nix python 3 (tool; requires-python of a 1)\n${root}`,
  );
});

test("a depth limit hides children and makes no repetition", () => {
  expect(tree(service, { depth: 1 })).toBe("web/package.json\n├── kit 1.0.0\n└── test 3.0.0 (dev)\n");
});

test("cycles end, and chains of 50,000 do not overflow", () => {
  const cycle = tree([
    ["root:a", "npm:b@1"],
    ["npm:b@1", "npm:c@1"],
    ["npm:c@1", "npm:b@1"],
  ]);
  expect(cycle).toBe("a\n└── b 1\n    └── c 1\n        └── b 1 (*)\n\n(*) shown above\n");
  const length = 50_000;
  const chain = Array.from({ length }, (_, index): ShortEdge => [
    `npm:p${String(index)}@1`,
    `npm:p${String(index + 1)}@1`,
  ]);
  const graph = new DependencyGraph(resolutionOf([["root:a", "npm:p0@1"], ...chain]));
  const last = findPackages(graph, `p${String(length)}`);
  // Shown without indentation growing over the whole chain: five levels from the far end.
  const text = renderTree(graph, { isInverted: true, depth: 4, start: last }, plainPaint);
  expect(text.split("\n")).toHaveLength(6);
  expect(shortestPaths(graph, last[0] ?? failed(), 5)[0]?.paths[0]).toHaveLength(length + 1);
});

test("several edges between two packages are one line", () => {
  expect(
    tree([
      ["root:a", "npm:b@1", { kind: "dev" }],
      ["root:a", "npm:b@1", { kind: "peer", range: "^1" }],
    ]),
  ).toBe("a\n└── b 1 (peer, dev)\n");
});

test("hostile names stay names", () => {
  expect(
    tree([
      ["root:a", "npm:__proto__@1"],
      ["npm:__proto__@1", "npm:x\u001B[31m\u202E\n@1"],
    ]),
  ).toBe("a\n└── __proto__ 1\n    └── x\\u{1b}[31m\\u{202e}\\u{a} 1\n");
});

test("all shortest ways are shown, longer ones are not, and many are counted", () => {
  const graph = new DependencyGraph(
    resolutionOf([
      ["root:a", "npm:b@1"],
      ["root:a", "npm:c@1"],
      ["npm:b@1", "npm:d@1", { range: "^1" }],
      ["npm:c@1", "npm:d@1", { range: "~1", alias: "dee" }],
      ["npm:b@1", "npm:e@1"],
      ["npm:e@1", "npm:d@1"],
      ["root:z", "npm:d@1"],
    ]),
  );
  const [target] = findPackages(graph, "d");
  expect(renderWhy(graph, target ?? failed(), 5, plainPaint)).toBe(`npm d 1

  a
  └── b → 1
      └── d ^1 → 1

  a
  └── c → 1
      └── d as dee ~1 → 1

  z
  └── d → 1
`);
  expect(renderWhy(graph, target ?? failed(), 1, plainPaint)).toContain("… and 1 more of the same length");
});

test("very many ways are counted without being walked", () => {
  // 30 layers of two packages each: 2 ** 30 ways.
  const layers = Array.from({ length: 30 }, (_, layer) => layer);
  const edges = layers.flatMap((layer): ShortEdge[] =>
    ["x", "y"].flatMap((from) =>
      ["x", "y"].map((to): ShortEdge => [`npm:${from}${String(layer)}@1`, `npm:${to}${String(layer + 1)}@1`]),
    ),
  );
  const graph = new DependencyGraph(resolutionOf([["root:a", "npm:x0@1"], ...edges]));
  const [target] = findPackages(graph, "x30");
  const [found] = shortestPaths(graph, target ?? failed(), 3);
  expect(found?.total).toBe(2 ** 29);
  expect(found?.paths).toHaveLength(3);
});

test.each([
  ["kit", ["npm:kit@1"]],
  ["npm:kit", ["npm:kit@1"]],
  ["kit@1", ["npm:kit@1"]],
  ["@s/x", ["npm:@s/x@1", "npm:@s/x@2"]],
  ["@s/x@2", ["npm:@s/x@2"]],
  ["pkg:npm/%40s/x@2", ["npm:@s/x@2"]],
  ["a/package.json", ["root:a/package.json"]],
])("%s names %j", (query, ids) => {
  const graph = new DependencyGraph(
    resolutionOf([
      ["root:a/package.json", "npm:kit@1"],
      ["npm:kit@1", "npm:@s/x@1"],
      ["npm:kit@1", "npm:@s/x@2"],
    ]),
  );
  expect(findPackages(graph, query).map(({ id }) => id)).toEqual(ids);
});

function failed(): never {
  throw new Error("the package is not in the graph");
}
