import { createHash } from "node:crypto";
import { Script } from "node:vm";
import { describe, expect, test } from "vitest";
import { condense } from "../../src/report/condense.ts";
import { renderCycloneDx } from "../../src/report/cyclonedx.ts";
import { renderDot } from "../../src/report/dot.ts";
import { DependencyGraph } from "../../src/report/graph.ts";
import { PAGE_SCRIPT } from "../../src/report/html-assets.ts";
import { layOut } from "../../src/report/html-layout.ts";
import { renderHtml } from "../../src/report/html.ts";
import { renderLicences } from "../../src/report/licences.ts";
import { diffResolutions, renderChanges } from "../../src/report/lock-diff.ts";
import { renderMermaid } from "../../src/report/mermaid.ts";
import { plainPaint } from "../../src/report/paint.ts";
import { renderSvg } from "../../src/report/svg.ts";
import type { ShortEdge } from "./resolution-of.ts";
import { resolutionOf } from "./resolution-of.ts";

const hostileName = `"><script>alert(1)</script>\\" ]; //--><!-- & ' \u202E\u001B[2J`;
const hostile = new DependencyGraph(
  resolutionOf([
    ["root:a/package.json", `npm:${hostileName}@1`, { range: "</script><img src=x onerror=alert(1)>" }],
    [`npm:${hostileName}@1`, "nix:constructor@1", { kind: "link", why: hostileName }],
    ["nix:constructor@1", "nix:__proto__@1", { kind: "build" }],
  ]),
);

/** A service with more packages than a picture should have, and one edge between ecosystems far from the roots. */
function large(count: number): DependencyGraph {
  const chain = Array.from({ length: count }, (_, index): ShortEdge => [
    `npm:p${String(index)}@1`,
    `npm:p${String(index + 1)}@1`,
  ]);
  return new DependencyGraph(
    resolutionOf([["root:a", "npm:p0@1"], ...chain, [`npm:p${String(count)}@1`, "nix:far@1", { kind: "link" }]]),
  );
}

describe("the page", () => {
  const page = renderHtml(condense(hostile, 1500), hostileName);

  test("runs the script that its policy names by hash, and loads nothing", () => {
    const hash = createHash("sha256").update(PAGE_SCRIPT).digest("base64");
    expect(page).toContain(`content="default-src 'none'; style-src 'sha256-`);
    expect(page).toContain(`script-src 'sha256-${hash}'"`);
    expect(page).toContain(`<script>${PAGE_SCRIPT}</script>`);
    expect(page.match(/https?:/g)).toBeNull();
    expect(() => new Script(PAGE_SCRIPT)).not.toThrow();
    const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? "";
    expect(page).toContain(`'sha256-${createHash("sha256").update(style).digest("base64")}'`);
  });

  test("holds hostile names as text only", () => {
    expect(page.match(/<script/g)).toHaveLength(2);
    expect(page.match(/<\/script>/g)).toHaveLength(2);
    expect(page).not.toContain("<img");
    expect(page).not.toContain("<!--");
    // oxlint-disable-next-line no-control-regex -- finding control characters is the point
    expect(page).not.toMatch(/[\u001B\u202E]/);
    const data: unknown = JSON.parse(/id="data">([^<]*)<\/script>/.exec(page)?.[1] ?? "");
    expect(data).toMatchObject({
      nodes: [{ label: "a/package.json" }, { label: "__proto__ 1" }, { label: "constructor 1" }, { version: "1" }],
    });
  });

  test("draws every node and every edge, each node at a place of its own", () => {
    const picture = condense(hostile, 1500);
    expect(page.match(/<g class="node/g)).toHaveLength(picture.nodes.length);
    expect(page.match(/<path class="link/g)).toHaveLength(picture.links.length);
    const places = [...layOut(picture).positions.values()].map(({ x, y }) => `${String(x)} ${String(y)}`);
    expect(new Set(places).size).toBe(picture.nodes.length);
  });
});

test("DOT quotes every name", () => {
  const dot = renderDot(condense(hostile, 1500));
  const outside = dot.replaceAll(/"(?:[^"\\]|\\.)*"/g, "TEXT");
  expect(outside).not.toMatch(/script|alert|constructor|__proto__/);
  expect(outside.match(/n\d+ -> n\d+/g)).toHaveLength(3);
});

test("SVG holds names as text only, and can run nothing", async () => {
  const drawing = await renderSvg(renderDot(condense(hostile, 1500)));
  expect(drawing.match(/<g id="node\d+"/g)).toHaveLength(4);
  expect(drawing).toContain("&lt;script&gt;alert(1)");
  expect(drawing).not.toMatch(/<(?:script|img|image|foreignObject)[\s>]|href=/);
});

test("Mermaid shows every unusual letter as a number", () => {
  const mermaid = renderMermaid(condense(hostile, 1500));
  const texts = [...mermaid.matchAll(/"([^"]*)"/g)].map(([, text]) => text ?? "");
  expect(texts.filter((text) => /[<>&'\\]/.test(text))).toEqual([]);
  expect(mermaid).toContain("#60;script#62;alert(1)");
  expect(mermaid.split('"').length % 2).toBe(1);
});

test("a large graph is condensed to what is near the roots and to edges between ecosystems, and says so", () => {
  const picture = condense(large(3000), 1500);
  expect(picture.nodes).toHaveLength(1500);
  expect(picture.omitted).toBe(3003 - 1500);
  expect(picture.nodes.map(({ id }) => id)).toContain("nix:far@1");
  expect(renderDot(picture)).toContain("1503 packages are not shown");
  expect(renderMermaid(picture)).toContain("1503 packages are not shown");
  expect(renderHtml(picture, "large")).toContain("1503 packages not shown");
  expect(condense(large(10), 1500).omitted).toBe(0);
});

test("CycloneDX: package URLs, hashes, licences, and the dependencies of everything", () => {
  const licences = new Map([
    ["npm:@s/x@1", "MIT OR (Apache-2.0 AND BSD-3-Clause)"],
    ["npm:y@1", "see LICENSE in the repository"],
  ]);
  const resolution = resolutionOf(
    [
      ["root:a", "npm:@s/x@1"],
      ["npm:@s/x@1", "npm:y@1"],
    ],
    licences,
  );
  const [x, y] = resolution.packages;
  if (x === undefined || y === undefined) throw new Error("two packages were expected");
  const artifact = {
    kind: "tarball",
    url: "https://files.example/x",
    integrity: `sha256-${Buffer.alloc(32).toString("base64")}`,
  };
  const graph = new DependencyGraph({ ...resolution, packages: [{ ...x, artifacts: [artifact] }, y] });
  const text = renderCycloneDx(graph, "island", "0.1.0");
  expect(renderCycloneDx(graph, "island", "0.1.0")).toBe(text);
  const bom: unknown = JSON.parse(text);
  expect(bom).toMatchObject({
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: expect.stringMatching(
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    ) as unknown,
    metadata: { component: { name: "island" } },
    components: [
      { type: "application", "bom-ref": "root:a" },
      {
        "bom-ref": "pkg:npm/%40s/x@1",
        group: "@s",
        name: "x",
        purl: "pkg:npm/%40s/x@1",
        licenses: [{ expression: "MIT OR (Apache-2.0 AND BSD-3-Clause)" }],
        externalReferences: [{ type: "distribution", hashes: [{ alg: "SHA-256", content: "0".repeat(64) }] }],
      },
      { name: "y", licenses: [{ license: { name: "see LICENSE in the repository" } }] },
    ],
    dependencies: [
      { ref: "service", dependsOn: ["root:a"] },
      { ref: "root:a", dependsOn: ["pkg:npm/%40s/x@1"] },
      { ref: "pkg:npm/%40s/x@1", dependsOn: ["pkg:npm/y@1"] },
      { ref: "pkg:npm/y@1", dependsOn: [] },
    ],
  });
});

test("licences are counted, and named where there are few packages", () => {
  const names = ["a", "b", "c", "d"].map((name) => `npm:${name}@1`);
  const edges = [...names, "npm:e@1"].map((id): ShortEdge => ["root:r", id]);
  const licences = new Map(names.map((id) => [id, "MIT"]));
  expect(renderLicences(resolutionOf(edges, licences), plainPaint)).toBe("4  MIT\n1  unknown (npm:e@1)\n");
});

test("what changed between two locks", () => {
  const before = resolutionOf(["npm:a@1", "npm:b@1", "npm:b@2", "npm:c@1"].map((id): ShortEdge => ["root:r", id]));
  const after = resolutionOf(["npm:a@1", "npm:b@2", "npm:b@3", "cargo:d@1"].map((id): ShortEdge => ["root:r", id]));
  expect(renderChanges(diffResolutions(before, after), plainPaint)).toEqual([
    "+ cargo d 1",
    "~ npm b 1 -> 3",
    "- npm c 1",
  ]);
  expect(diffResolutions(before, before)).toEqual([]);
});
