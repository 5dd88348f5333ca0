import { describe, expect, it } from "vitest";
import { readDefinition, type OpamDefinition } from "../../../src/ecosystems/opam/definition.ts";
import { environmentOf } from "../../../src/ecosystems/opam/environment.ts";
import { foreignRequirements, systemRows } from "../../../src/ecosystems/opam/system-packages.ts";
import { memoryRepository } from "./memory-files.ts";
import { debianSettings, openOpam, solveOpam, tableManifest } from "./solving.ts";

function define(name: string, fields: string): OpamDefinition {
  const { definition } = readDefinition(name, "1", "opam", `opam-version: "2.0"\n${fields}`);
  if (definition === undefined) throw new Error("the fields cannot be read");
  return definition;
}

function names(fields: string, system = "x86_64-linux", name = "conf-x"): readonly string[] {
  return foreignRequirements(define(name, fields), environmentOf(system, new Map())).map(
    (requirement) => `${requirement.ecosystem} ${requirement.name} ${requirement.range}`,
  );
}

describe("system packages", () => {
  it("are nixpkgs attributes where the rows say so, else Debian's names", () => {
    const debian = '["libgmp-dev"] {os-family = "debian"}';
    expect(names(`depexts: [${debian} ["gmp"] {os-distribution = "nixos"} ["x"] {os = "win32"}]`)).toEqual([
      "nix attr:gmp *",
    ]);
    expect(names(`depexts: [${debian} ["gmp"] {os = "macos"}]`)).toEqual(["nix debian:libgmp-dev *"]);
    expect(names(`depexts: [${debian} ["gmp"] {os = "macos"}]`, "aarch64-darwin")).toEqual(["nix debian:libgmp-dev *"]);
    expect(names('depexts: [["a" "b"] {os-distribution = "nixos" & arch = "arm64"}]')).toEqual([]);
    expect(names('depexts: [["a" "b"] {os-distribution = "nixos" & arch = "arm64"}]', "aarch64-linux")).toEqual([
      "nix attr:a *",
      "nix attr:b *",
    ]);
    expect(names('depexts: [["a"] {os-family = "debian" & os-version >= "12"}]')).toEqual(["nix debian:a *"]);
    expect(names('depexts: [["gtk"] {!(os-family = "debian")} ["libgtk"] {os-family = "debian"}]')).toEqual([
      "nix attr:gtk *",
    ]);
    expect(names('depexts: ["unfiltered"]')).toEqual([]);
    expect(names("depexts: [5]")).toEqual([]);
  });

  it("are npm packages with npm's ranges, and Rust compilers", () => {
    expect(names('depexts: [["react" "react-dom"] {npm-version = "^18.0.0"}]')).toEqual([
      "npm react ^18.0.0",
      "npm react-dom ^18.0.0",
    ]);
    const rows = 'depexts: [["cargo" "rustc"] {os-distribution = "nixos"}]';
    expect(names(rows, "x86_64-linux", "conf-rust-2021")).toEqual(["nix tool:rustc >=1.56"]);
    expect(names(rows, "x86_64-linux", "conf-rust-2024")).toEqual(["nix tool:rustc >=1.85"]);
    expect(names(rows, "x86_64-linux", "conf-rust")).toEqual(["nix attr:cargo *", "nix attr:rustc *"]);
  });

  it("are all kept for the lock, with their filters", () => {
    expect(systemRows(define("x", 'depexts: [["a" "b"] {os = "macos" & arch != "arm64"} ["c"]]'))).toEqual([
      { names: ["a", "b"], filter: 'os = "macos" & arch != "arm64"' },
      { names: ["c"], filter: "" },
    ]);
  });

  it("that nobody knows do not steer the answer, and are an error once they are needed", async () => {
    const files = memoryRepository({
      "p.1": "",
      "p.2": 'depends: "conf-x"',
      "conf-x.1": 'depexts: [["libx-dev" "liby-dev"] {os-family = "debian"}]',
    });
    const problem = { manifests: [tableManifest({ p: "*" })], files, settings: new Map([["compiler", "none"]]) };
    const unmapped = new Set(["debian:libx-dev", "debian:liby-dev"]);
    await expect(solveOpam({ ...problem, unmapped })).rejects.toMatchObject({
      code: "unmapped-system-dependency",
      message: "no attribute for debian:libx-dev\nno attribute for debian:liby-dev",
    });
    expect(await solveOpam(problem)).toMatchObject({ selected: ["conf-x.1", "p.2"] });
  });

  it("become edges of the solver, and so does the OCaml of nixpkgs that was settled", async () => {
    const files = memoryRepository({
      "conf-x.1": 'depexts: [["x"] {os-distribution = "nixos"}]',
      "ocaml.5.2.1": "",
      "ocaml.5.3.0": "",
      "ocaml.5.4.0": "",
    });
    for (const [compiler, expected] of [
      ["nixpkgs", ["attr:x *", "tool:ocaml !=5.3.0", "tool:ocaml =5.3.0"]],
      ["opam", ["attr:x *"]],
    ] as const) {
      const { source, asked } = openOpam({
        manifests: [],
        files,
        settings: new Map([...debianSettings, ["compiler", compiler]]),
        tools: new Map([["ocaml", "5.3.0"]]),
      });
      await source.load([], new AbortController().signal);
      for (const name of ["conf-x", "ocaml"]) {
        const target = source.accept({ ecosystem: "opam", name, range: "*", kind: "runtime", why: "a test" });
        const count = source.facts(target.package)?.count ?? 0;
        for (let candidate = 0; candidate < count; candidate++) source.dependencies(target.package, candidate);
      }
      expect([...new Set(asked.map(({ name, range }) => `${name} ${range}`))].toSorted()).toEqual(expected);
    }
  });
});
