import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseOpamDocument } from "../../../src/ecosystems/opam/file/parser.ts";
import { openPacked, packArchive } from "../../../src/ecosystems/opam/repository/packed.ts";
import { RankedRepositories, type OpamRepository } from "../../../src/ecosystems/opam/repository/repository.ts";
import { OpamUniverse } from "../../../src/ecosystems/opam/universe.ts";
import { parseOpamPath } from "./opam-path.ts";
import { plainItem } from "./plain-ast.ts";
import { recordedAnswers, referenceAst, sharedOpamData, sharedRepositoryTar } from "./shared-repository.ts";
import { debianSettings, solveOpam, tableManifest } from "./solving.ts";

const shared = sharedOpamData();

function openShared(): OpamRepository {
  const tar = readFileSync(sharedRepositoryTar(shared ?? ""));
  return openPacked(packArchive(tar, "the shared repository"), "shared", undefined);
}

describe.skipIf(shared === undefined)("the public repository", () => {
  it("parses as OCaml's own parser does, all of it", { timeout: 120_000 }, () => {
    const repository = openShared();
    const differing: string[] = [];
    let count = 0;
    const before = process.cpuUsage();
    for (const line of referenceAst(shared ?? "")) {
      const reference = JSON.parse(line) as { readonly file: string; readonly items: unknown };
      const { name, version } = parseOpamPath(reference.file);
      const text = Buffer.from(repository.read(name, version) ?? []).toString("utf8");
      const { items } = parseOpamDocument(text);
      count += 1;
      if (JSON.stringify(items.map(plainItem)) !== JSON.stringify(reference.items)) differing.push(reference.file);
    }
    // Parsing itself, and reading and comparing with the reference, in processor time: the parser alone takes a fifth.
    expect(process.cpuUsage(before).user).toBeLessThan(10_000_000);
    expect(count).toBe(18_793);
    expect(differing).toEqual([]);
  });

  it(
    "gives opam's own answers in opam's order (a sample; `npm run oracle:opam` takes all)",
    { timeout: 120_000 },
    async () => {
      const answers = recordedAnswers(shared ?? "").filter((answer, index) => index % 19 === 0 || answer.rc !== 0);
      const universe = new OpamUniverse(new RankedRepositories([openShared()]));
      const differing: string[] = [];
      for (const { target, rc, sel } of answers) {
        const answer = await solveOpam({
          manifests: [tableManifest({ [target]: "*" })],
          universe,
          settings: new Map([...debianSettings, ["order", "opam"], ["compiler", "none"]]),
        });
        const mine = answer.kind === "solved" ? answer.selected.join(" ") : "refused";
        if (mine !== (rc === 0 ? sel.toSorted().join(" ") : "refused")) differing.push(target);
      }
      expect(answers.length).toBeGreaterThan(40);
      expect(differing).toEqual([]);
    },
  );
});
