import { describe, expect, it } from "vitest";
import type { Ecosystem } from "../../src/ecosystems/ecosystem.ts";
import { resolveService } from "../../src/resolve.ts";
import type { Resolved, ResolveResult, Unresolvable } from "../../src/resolve/request.ts";
import { resolveRequest as request } from "../helpers/resolve-request.ts";
import { toyEcosystem, toyManifest, toyRangeAdmits } from "../helpers/toy-ecosystem.ts";

function resolved(result: ResolveResult): Resolved {
  if (result.kind !== "resolved") throw new Error(`expected an answer, got ${result.kind}`);
  expect(result.violations).toEqual([]);
  return result;
}

function selected(result: ResolveResult): readonly string[] {
  return resolved(result).resolution.packages.map((package_) => package_.id);
}

function refused(result: ResolveResult): Unresolvable {
  if (result.kind !== "unsatisfiable") throw new Error(`expected a proof, got ${result.kind}`);
  return result;
}

const left = toyEcosystem("left", {
  a: { 1: {}, 2: { b: "2" }, 3: { "right:x": "3" } },
  b: { 1: {}, 2: {} },
});
const right = toyEcosystem("right", {
  x: { 1: {}, 2: {}, 3: { "left:b": "1" } },
  y: { 1: { x: "1-2" } },
});

describe("resolveService", () => {
  it("solves several ecosystems as one problem, with edges both ways", async () => {
    const result = await resolveService(request([left, right], [toyManifest("left", { a: "*" })]));
    expect(selected(result)).toEqual(["left:a@3", "left:b@1", "right:x@3"]);
  });

  it("backtracks across ecosystems", async () => {
    const manifests = [toyManifest("left", { a: "*" }), toyManifest("right", { y: "*" })];
    const result = await resolveService(request([left, right], manifests));
    expect(selected(result)).toEqual(["left:a@2", "left:b@2", "right:x@2", "right:y@1"]);
  });

  it("answers with a proof when nothing fits", async () => {
    const manifests = [toyManifest("left", { a: "3" }), toyManifest("right", { y: "*" })];
    const result = await resolveService(request([left, right], manifests));
    expect(refused(result).derivation.nodes.at(-1)?.kind).toBe("derived");
  });

  it("follows requirements of manifests on other ecosystems", async () => {
    const result = await resolveService(request([left, right], [toyManifest("left", { "right:x": "1-2" })]));
    expect(selected(result)).toEqual(["right:x@2"]);
    expect(resolved(result).resolution.edges).toEqual([
      expect.objectContaining({ from: "root:left.toy", to: "right:x@2", range: "1-2" }),
    ]);
  });

  it("adds the edges that enki.toml declares", async () => {
    const declaredEdges = [
      {
        from: { ecosystem: "left", name: "b", range: "2" },
        to: { ecosystem: "right", name: "x", range: "1", rangeSyntax: "right", kind: "build", why: "declared" },
      },
    ] as const;
    const manifests = [toyManifest("left", { b: "*" })];
    const result = await resolveService(request([left, right], manifests, { declaredEdges }));
    expect(selected(result)).toEqual(["left:b@2", "right:x@1"]);
  });

  it("fetches all that is missing in one batch", async () => {
    const batches: string[][] = [];
    const wide = toyEcosystem(
      "wide",
      { a: { 1: { c: "*", d: "*" } }, b: { 1: { e: "*" } }, c: { 1: {} }, d: { 1: {} }, e: { 1: {} } },
      { onLoad: (names) => batches.push(names.toSorted()) },
    );
    await resolveService(request([wide], [toyManifest("wide", { a: "*", b: "*" })]));
    expect(batches[0]).toEqual(["a", "b"]);
    expect(batches.flat().toSorted()).toEqual(["a", "b", "c", "d", "e"]);
    expect(batches.length).toBeLessThanOrEqual(3);
  });

  it("gives the same answer on every system, written once", async () => {
    const systems = ["x86_64-linux", "aarch64-linux"];
    const result = await resolveService(request([left, right], [toyManifest("left", { a: "*" })], { systems }));
    expect(selected(result)).toEqual(["left:a@3", "left:b@1", "right:x@3"]);
    expect(resolved(result).resolution.edges.every((edge) => edge.systems === undefined)).toBe(true);
  });

  it("keeps what an earlier lock holds only as far as the source offers it", async () => {
    const first = resolved(await resolveService(request([left, right], [toyManifest("left", { b: "*" })])));
    const again = await resolveService(
      request([left, right], [toyManifest("left", { b: "*" })], { previous: first.resolution }),
    );
    expect(again).toEqual(first);
  });
});

const needy = (needs: string): Ecosystem =>
  toyEcosystem("needy", { p: { 1: { "tools:tool:python": needs } } }, { requiredTools: ["python"] });

describe("toolchains", () => {
  const tools = toyEcosystem(
    "tools",
    { "tool:python": { 11: {}, 12: {}, 13: {} } },
    { toolCandidates: () => [13, 12, 11].map((version) => ({ version: String(version), attribute: `py${version}` })) },
  );
  // The pins are written "=13" in the language of the ecosystem that offers toolchains.
  const offering: Ecosystem = {
    ...tools,
    rangeAdmits: (range, version) => toyRangeAdmits(range.replace("=", ""), version),
  };
  it("settles the preferred version first", async () => {
    const result = await resolveService(request([needy("*"), offering], [toyManifest("needy", { p: "*" })]));
    expect(selected(result)).toContain("tools:tool:python@13");
  });

  it("tries the next version when the proof blames the settled one", async () => {
    const result = await resolveService(request([needy("11-12"), offering], [toyManifest("needy", { p: "*" })]));
    expect(selected(result)).toContain("tools:tool:python@12");
  });

  it("says which versions were tried when none fits", async () => {
    const result = await resolveService(request([needy("9"), offering], [toyManifest("needy", { p: "*" })]));
    expect(refused(result).system).toBe("x86_64-linux");
  });

  it("does not try other versions when the toolchain is not to blame", async () => {
    let solves = 0;
    const counting = toyEcosystem(
      "needy",
      { p: { 1: { missing: "*" } } },
      { requiredTools: ["python"], onLoad: (names) => (solves += names.includes("p") ? 1 : 0) },
    );
    const result = await resolveService(request([counting, offering], [toyManifest("needy", { p: "*" })]));
    expect(refused(result).alsoTried).toEqual([]);
    expect(solves).toBe(1);
  });
});
