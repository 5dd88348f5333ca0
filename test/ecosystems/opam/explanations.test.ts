import { describe, expect, it } from "vitest";
import { runRegistryCheck } from "../../../src/cli/registry-check/run.ts";
import { checkPlan } from "./check-plan.ts";
import { sharedOpamData, sharedRepositoryTar } from "./shared-repository.ts";
import { debianSettings } from "./solving.ts";

const shared = sharedOpamData();

/** Packages of the public repository that have no solution, and how many facts an explanation may take. */
const anchors: Readonly<Record<string, number>> = {
  catt: 4,
  "coq-catt-plugin": 5,
  disml: 4,
  "grpc-examples": 9,
  joolog: 3,
  oui: 2,
  starterkit: 7,
  "stog-rdf": 5,
  "conf-pic-switch": 14,
  "ocaml-option-spacetime": 2,
};

describe.skipIf(shared === undefined)("explanations over the public repository", () => {
  it("are short and say which requirements clash", { timeout: 60_000 }, async () => {
    const verdicts = await runRegistryCheck(checkPlan(sharedRepositoryTar(shared ?? ""), debianSettings), {
      threads: 1,
      names: Object.keys(anchors),
      signal: new AbortController().signal,
    });
    const tooLong = verdicts.filter(
      (verdict) => verdict.kind !== "unsolvable" || verdict.facts > (anchors[verdict.name] ?? 0),
    );
    expect(tooLong).toEqual([]);
    const texts = verdicts.map((verdict) =>
      verdict.kind === "unsolvable" ? `${verdict.name}\n${verdict.explanation}` : "",
    );
    expect(texts.join("\n\n")).toMatchSnapshot();
  });
});
