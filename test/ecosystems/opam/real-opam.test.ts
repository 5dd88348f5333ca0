import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { opam } from "../../../src/ecosystems/opam/index.ts";
import { readOpamManifest } from "../../../src/ecosystems/opam/manifest.ts";
import { compareVersions } from "../../../src/ecosystems/opam/version.ts";
import { temporaryDirectory } from "../../helpers/temporary-directory.ts";
import { availablePackages, OpamCommand, opamVersion } from "./opam-command.ts";
import { diskFiles } from "./disk-files.ts";
import { debianSettings, solveOpam } from "./solving.ts";

const version = opamVersion();
if (version === undefined) console.warn("skipped: these tests ask the real opam, which is not installed");

/**
 * A small world with everything that a formula can say. The manifest itself has no filter on `os`: with `--locked`,
 * opam 2.1 stops at one.
 */
const world: Readonly<Record<string, string>> = {
  "ocaml.5.3.0": 'depends: ["ocaml-base-compiler" {= "5.3.0"} | "ocaml-variants" {= "5.3.0"}]\nflags: conf',
  "ocaml.5.4.0": 'depends: ["ocaml-base-compiler" {= "5.4.0"} | "ocaml-variants" {= "5.4.0"}]\nflags: conf',
  "ocaml-base-compiler.5.3.0": 'depends: ["base-unix" {post}]\nflags: compiler\nconflict-class: "ocaml-core-compiler"',
  "ocaml-base-compiler.5.4.0": 'depends: ["base-unix" {post}]\nflags: compiler\nconflict-class: "ocaml-core-compiler"',
  "ocaml-variants.5.4.0": 'flags: [compiler avoid-version]\nconflict-class: "ocaml-core-compiler"',
  "base-unix.base": "",
  "dune.3.9.0": 'depends: "ocaml" {>= "5.0"}',
  "dune.3.10.0": 'depends: "ocaml" {>= "5.0" & < "5.4"}',
  "lwt.5.9":
    'depends: ["dune" {>= "3.9"} "ocaml" ("base-threads" {os = "win32"} | "base-unix")]\nconflicts: "old" {< "2"}',
  "old.1.0": 'depends: "ocaml"',
  "old.2.0~beta": 'depends: ["ocaml" "lwt" {with-test}]',
  "conf-gmp.4": 'depexts: [["libgmp-dev"] {os-family = "debian"}]\nflags: conf',
};

const manifestText = `opam-version: "2.0"
name: "island"
synopsis: "A service"
maintainer: "someone@example.org"
authors: ["Someone"]
homepage: "https://example.org"
bug-reports: "https://example.org"
license: "ISC"
dev-repo: "git+https://example.org/island.git"
depends: [
  "lwt" {>= "5"}
  "old" {>= "1"} # a comment
  "conf-gmp"
  "absent" {with-test}
]
depopts: ["dune"]
build: [["dune" "build" "-p" name] ["echo" "a \\"quoted\\" \\\\ word"]]
url {
  src: "https://example.org/island.tgz"
}
`;

describe.skipIf(version === undefined)("the real opam", () => {
  it("accepts both exports, and agrees that the answer is one", async () => {
    const directory = temporaryDirectory();
    const repository = path.join(directory, "repository");
    for (const [package_, fields] of Object.entries(world)) {
      const target = path.join(repository, "packages", package_.slice(0, package_.indexOf(".")), package_);
      mkdirSync(target, { recursive: true });
      writeFileSync(path.join(target, "opam"), `opam-version: "2.0"\n${fields}\n`);
    }
    writeFileSync(path.join(repository, "repo"), 'opam-version: "2.0"\n');
    const { manifest } = readOpamManifest("project/island.opam", Buffer.from(manifestText));
    if (manifest === undefined) throw new Error("the manifest cannot be read");
    const answer = await solveOpam({
      manifests: [manifest],
      files: diskFiles,
      registry: repository,
      settings: new Map([...debianSettings, ["opam-version", version ?? ""]]),
    });
    if (answer.kind !== "solved") throw new Error("there is an answer");
    // dune 3.10.0 would need the older compiler; the newest compiler goes before the newest dune.
    expect(answer.selected).toEqual([
      "base-unix.base",
      "conf-gmp.4",
      "dune.3.9.0",
      "lwt.5.9",
      "ocaml-base-compiler.5.4.0",
      "ocaml.5.4.0",
      "old.2.0~beta",
    ]);
    expect(opam.verify(answer.resolution, [manifest])).toEqual([]);

    const project = path.join(directory, "project");
    mkdirSync(project);
    writeFileSync(path.join(project, "island.opam"), manifestText);
    const context = { resolution: answer.resolution, manifests: [manifest], existing: () => undefined };
    for (const file of opam.exportLocks(context)) writeFileSync(path.join(directory, file.path), file.content);
    const command = new OpamCommand(directory, repository);
    expect(command.importSwitch(path.join(directory, "enki.opam-switch"))).toEqual(answer.selected);
    expect(command.installLocked(project)).toEqual(answer.selected);
    expect(command.succeed(["lint", "--short", path.join(project, "island.opam.locked")]).trim()).toBe("");

    const roots = ["lwt.5.9", "old.2.0~beta", "conf-gmp.4"];
    expect(command.complaints(answer.selected, roots)).toBe("");
    const without = answer.selected.filter((package_) => package_ !== "dune.3.9.0");
    expect(command.complaints(without, roots)).not.toBe("");
    expect(command.complaints([...without, "dune.3.10.0"], roots)).not.toBe("");
  });

  it("orders versions as Enki does", () => {
    const pieces = ["0", "1", "2", "10", "00", "~", "~", "-", "+", ".", "a", "b", "Z", "v", "_", "rc", ":"];
    let state = 20_260_101;
    const next = (limit: number): number => {
      // A linear congruential generator: the same pairs in every run.
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * limit);
    };
    const word = (): string[] => Array.from({ length: 1 + next(5) }, () => pieces[next(pieces.length)] ?? "");
    const pairs = Array.from({ length: 250 }, (_, index) => {
      const left = word();
      const right = index % 2 === 0 ? word() : left.with(next(left.length), pieces[next(pieces.length)] ?? "");
      return [left.join(""), right.join("")] as const;
    });
    const directory = temporaryDirectory();
    const define = (name: string, left: string, operator: string, right: string): void => {
      const target = path.join(directory, "packages", name, `${name}.1`);
      mkdirSync(target, { recursive: true });
      writeFileSync(path.join(target, "opam"), `opam-version: "2.0"\navailable: "${left}" ${operator} "${right}"\n`);
    };
    writeFileSync(path.join(directory, "repo"), 'opam-version: "2.0"\n');
    pairs.forEach(([left, right], index) => {
      define(`less${index}`, left, "<", right);
      define(`equal${index}`, left, "=", right);
    });
    const available = availablePackages(directory);
    expect(available.size).toBeGreaterThan(50);
    const disagreements = pairs.filter(([left, right], index) => {
      const theirs = available.has(`less${index}`) ? -1 : available.has(`equal${index}`) ? 0 : 1;
      return Math.sign(compareVersions(left, right)) !== theirs;
    });
    expect(disagreements).toEqual([]);
  });
});
