import { describe, expect, it } from "vitest";
import { opam } from "../../../src/ecosystems/opam/index.ts";
import type { JsonValue } from "../../../src/model/json.ts";
import { memoryRepository } from "./memory-files.ts";
import { debianSettings, openOpam, solveOpam, tableManifest } from "./solving.ts";

/** The packages that every case may use. */
const common: Readonly<Record<string, string>> = {
  "a.1.0": "",
  "a.2.0": "",
  "a.3.0": "flags: avoid-version",
  "a.3.0~beta": "",
  "b.1.0": "",
  "b.2.0": "",
  "b.3.0": "flags: deprecated",
  "b.3.0~beta": "",
  "c.1.0": "",
  "c.2.0": "",
  "c.3.0~beta": "",
};

async function solve(
  packages: Readonly<Record<string, string>>,
  request: Readonly<Record<string, string>>,
  settings: Readonly<Record<string, JsonValue>> = {},
): Promise<readonly string[] | "refused"> {
  const manifests = [tableManifest(request)];
  const answer = await solveOpam({
    manifests,
    files: memoryRepository(packages),
    registry: "/repository",
    settings: new Map<string, JsonValue>([...debianSettings, ["compiler", "none"], ...Object.entries(settings)]),
  });
  if (answer.kind === "failed") return "refused";
  expect(opam.verify(answer.resolution, manifests)).toEqual([]);
  return answer.selected;
}

/** Which of the common packages are selected for a package with these fields. */
async function selected(fields: string, extra: Readonly<Record<string, string>> = {}): Promise<string> {
  const answer = await solve({ ...common, ...extra, "p.1": fields }, { p: "*" });
  return answer === "refused" ? answer : answer.filter((package_) => package_ !== "p.1").join(" ");
}

describe("formulas, filters and conflicts, as opam 2.6.1 answers them", () => {
  const cases: readonly (readonly [string, string])[] = [
    ['depends: ["a" {undefined} "b"]', "b.3.0~beta"],
    ['depends: ["a" {!undefined}]', ""],
    ['depends: ["a" {undefined = "x"} "b" {undefined != "x"}]', ""],
    ['depends: ["a" {= undefined}]', ""],
    ['depends: ["a" {?undefined} "b" {!(?undefined)}]', "b.3.0~beta"],
    ['depends: ["a" {!(undefined & false)} "b" {!(undefined | true)}]', "a.3.0~beta"],
    ['depends: ["a" {= "1.0" & os = "linux"}]', "a.1.0"],
    ['depends: ["a" {= "1.0" | os = "win32"}]', "a.1.0"],
    ['depends: ["a" {(os = "linux" & = "1.0") | (os != "linux" & = "2.0")}]', "a.1.0"],
    ['depends: ["absent" {os = "win32"} | "a"]', "a.3.0~beta"],
    ['depends: [("absent" {os = "win32"}) ("a" {os = "win32"} | "b" {os = "win32"}) "c"]', "c.3.0~beta"],
    ['depends: ["absent" | "b"]', "b.3.0~beta"],
    ['depends: ["a" | "b"]', "a.3.0~beta"],
    ['depends: ["b" | "a"] conflicts: ["b"]', "a.3.0~beta"],
    ['depends: ["a" {>= "1.0" < "2.0"}]', "a.1.0"],
    ['depends: ["a" {}]', "a.3.0~beta"],
    ['depends: ["a" {with-test & = "1.0"} "b" {with-test = "false"}]', "b.3.0~beta"],
    ['depends: ["a" {build} "b" {post} "c" {dev}]', "a.3.0~beta b.3.0~beta"],
    ['depends: ["a"] depopts: ["b" {= "1.0"} "c"]', "a.3.0~beta"],
    ['depends: ["a"] conflicts: ["a" {>= "2.0" & os = "win32"} "a" {with-test} "a" {undefined}]', "a.3.0~beta"],
    ['depends: ["a" {>= "3.0~~"}]', "a.3.0~beta"],
    ['depends: ["a" {>= "3.0"}]', "a.3.0"],
    ['depends: ["a" {= "1.0.0"}]', "refused"],
    ['depends: ["a" {!(>= "2.0" & < "3.0~~")}]', "a.3.0~beta"],
    ['depends: ["a" {!(>= "2.0")}]', "a.1.0"],
    ['depends: ["a" {"%{os}%" = "linux" & = "1.0"}]', "a.1.0"],
    ['depends: ["a" {= "%{version}%.0"}]', "a.1.0"],
    ['depends: ["a" {os-version >= 9 & = "1.0"}]', "a.1.0"],
    ['depends: ["a" {"os" != "win32" & = "1.0"}]', "a.1.0"],
    ['depends: ["a" {= "1.0"} "b" | "a" {= "2.0"} "c"]', "a.1.0 b.3.0~beta c.3.0~beta"],
    ['depends: ["a" {= "2.0" & build} & "b" | "c"]', "a.2.0 b.3.0~beta"],
    ['depends: ["a" {foo:version >= "1"} "b" {foo:installed} "c" {!foo:installed}]', ""],
    ['depends: ["a" {os = "linux"} "A"]', "refused"],
    ['depends: ["absent" {undefined} ("absent2" {with-test} | "absent3" {with-test})]', ""],
    ['depends: ["a" {= "1.0"} "a" {= "2.0"}]', "refused"],
    ['depends: ["a" {= "1.0"} ("b" {< "2"} | "a" {>= "2.0"})]', "a.1.0 b.1.0"],
    ['depends: ["a" {= "1.0" | = "2.0"}]', "a.2.0"],
    ['depends: ["a"] conflicts: ["a" {>= "2.0" & < "3.0"}]', "a.1.0"],
    ['depends: ["a"] conflicts: ["a" & "b"]', "refused"],
    ['depends: ["a"] conflicts: ["a" {!= "1.0"}]', "a.1.0"],
    ['depopts: ["a"] conflicts: ["a" {< "3"}]', ""],
    ['depends: "a"', "a.3.0~beta"],
    ["depends: [ foo ]", ""],
    ['available: [ os = "linux" arch = "arm" ] depends: "a"', "a.3.0~beta"],
    ["available: undefined", "refused"],
    ["available: !undefined", "refused"],
    ['available: undefined = "x" | true', ""],
    ['available: os = "win32"', "refused"],
  ];

  it.each(cases)("%s -> %s", async (fields, expected) => {
    expect(await selected(fields)).toBe(expected);
  });

  it("takes `{a = version}` for the package's own version", async () => {
    const packages = { ...common, "p.1": 'depends: "a" {= version}', "p.2.0": 'depends: "a" {= version}' };
    expect(await solve(packages, { p: "*" })).toEqual(["a.2.0", "p.2.0"]);
  });

  it("counts tests only for packages that were asked for", async () => {
    const packages = {
      ...common,
      "p.1": 'depends: ["q" "a" {with-test}]',
      "q.1": 'depends: ["b" {with-test}]',
    };
    expect(await solve(packages, { p: "*" })).toEqual(["p.1", "q.1"]);
    expect(await solve(packages, { p: "*" }, { "with-test": true })).toEqual(["a.3.0~beta", "p.1", "q.1"]);
  });

  it("excludes two names of one conflict class", async () => {
    const classes = { "x.1": 'conflict-class: "k"', "y.1": 'conflict-class: ["j" "k"]', "x.2": 'conflict-class: "k"' };
    expect(await selected('depends: ["x" "y"]', classes)).toBe("refused");
    expect(await selected('depends: ["x"]', classes)).toBe("x.2");
  });

  it("ignores conflicts of a package with itself", async () => {
    const self = { "self.1": 'conflicts: ["self"]', "self.2": 'conflicts: ["self" {< "2"}]' };
    expect(await selected('depends: "self"', self)).toBe("self.2");
  });

  it("reads flags and their spelling as a tag, and ignores unknown ones", async () => {
    const flags = {
      "h.1": "",
      "h.2": 'flags: [ "avoid-version" ]',
      "i.1": "",
      "i.2": 'tags: [ "flags:avoid-version" ]',
      "j.1": "",
      "j.2": "flags: [ unknownflag ] unknownfield: [ x ]",
    };
    expect(await selected('depends: ["h" "i" "j"]', flags)).toBe("h.2 i.1 j.2");
  });

  it("takes the later directory of two equal versions", async () => {
    const equal = { "d.1.0": "", "d.1.00": 'depends: "a"' };
    expect(await selected('depends: "d"', equal)).toBe("a.3.0~beta d.1.00");
  });

  it("skips a version whose file cannot be read or has an unknown format", async () => {
    const broken = { "e.1": "", "e.2": "depends: [", "f.1": "" };
    expect(await selected('depends: ["e"]', broken)).toBe("e.1");
    const manifests = [tableManifest({ f: "*" })];
    const files = memoryRepository(broken);
    const newer = "/repository/packages/f/f.2/opam";
    const answer = await solveOpam({
      manifests,
      files: {
        ...files,
        readFile: (path) => (path === newer ? Buffer.from('opam-version: "3.0"') : files.readFile(path)),
        readDirectory: (path) => (path === "/repository/packages/f" ? ["f.1", "f.2"] : files.readDirectory(path)),
      },
      registry: "/repository",
      settings: new Map([["compiler", "none"]]),
    });
    expect(answer).toMatchObject({ kind: "solved", selected: ["f.1"] });
  });

  it("says what a misspelt name may have meant", async () => {
    const { source } = openOpam({
      manifests: [],
      files: memoryRepository({ "lwt.1": "", "dune.1": "" }),
      settings: new Map(),
    });
    await source.load([], new AbortController().signal);
    const reasonFor = (name: string): unknown => {
      const { package: index } = source.accept({ ecosystem: "opam", name, range: "*", kind: "runtime", why: "a test" });
      return source.facts(index)?.missing;
    };
    expect(source.describeReason(reasonFor("lwtt"))).toBe("is not in ../repository");
    expect(reasonFor("lwtt")).toMatchObject({ similar: ["lwt"] });
    expect(reasonFor("something-else")).toMatchObject({ similar: [] });
  });

  it("refuses a cycle unless `post` cuts it", async () => {
    const cycle = { "m.1": 'depends: ["n"]', "n.1": 'depends: ["m"]' };
    await expect(solve({ ...common, ...cycle }, { m: "*" })).rejects.toThrow(
      "opam packages depend on each other in a cycle: m -> n -> m",
    );
    const cut = { "m.1": 'depends: ["n" {post}]', "n.1": 'depends: ["m"]' };
    expect(await solve(cut, { m: "*" })).toEqual(["m.1", "n.1"]);
  });

  it("distributes a disjunction of conjunctions, and keeps a huge one nested", async () => {
    // Distributed as opam does it, the clause "a or b" asks for one of the two by itself.
    expect(await selected('depends: [("absent" & "a" | "b" & "c")]')).toBe("a.3.0~beta b.3.0~beta c.3.0~beta");
    const sides = Array.from({ length: 8 }, (_, index) => `("absent${index}" & "a")`).join(" | ");
    expect(await selected(`depends: [(${sides} | "b" & "c")]`)).toBe("b.3.0~beta c.3.0~beta");
  });

  it("solves a disjunction of two thousand names at once", async () => {
    const names = Array.from({ length: 2000 }, (_, index) => `"absent${index}"`).join(" | ");
    const before = process.cpuUsage();
    expect(await selected(`depends: [${names} | "a"]`)).toBe("a.3.0~beta");
    // Processor time, so that a busy machine does not matter.
    expect(process.cpuUsage(before).user).toBeLessThan(2_000_000);
  });
});
