import { describe, expect, it } from "vitest";

import type { Ecosystem, Objection } from "../../src/ecosystems/ecosystem.ts";
import { nix } from "../../src/ecosystems/nix/index.ts";
import { npm } from "../../src/ecosystems/npm/index.ts";
import { resolveService } from "../../src/resolve.ts";
import type { ResolveResult } from "../../src/resolve/request.ts";
import { projectRequest } from "../ecosystems/npm/npm-project.ts";

/** Resolves one package with npm, whose source objects to the first answers. */
async function resolveAgainst(
  objections: number,
  objection: Objection,
): Promise<{ result: ResolveResult; looked: number }> {
  let looked = 0;
  const objecting: Ecosystem = {
    ...npm,
    openSource(context) {
      const source = npm.openSource(context);
      source.learnFrom = () => (looked++ < objections ? objection : undefined);
      return source;
    },
  };
  const request = projectRequest({
    packageJson: { dependencies: { a: "1" } },
    registry: { a: { v: { "1.0.0": {} } } },
  });
  const ecosystems = new Map([objecting, nix].map((each) => [each.id, each]));
  return { result: await resolveService({ ...request, ecosystems }), looked };
}

const tolerable = { names: ["a peer"], isTolerable: true };
const grave = { names: ["a", "b", "a"], isTolerable: false };

describe("what a source objects to", () => {
  it("is solved anew", async () => {
    const { result, looked } = await resolveAgainst(7, grave);
    expect([result.kind, result.diagnostics, looked]).toEqual(["resolved", [], 8]);
  });

  it("stands with a warning when there is no end to it and it may", async () => {
    const { result, looked } = await resolveAgainst(Number.POSITIVE_INFINITY, tolerable);
    expect([result.kind, looked]).toEqual(["resolved", 100]);
    expect(result.diagnostics).toEqual([
      expect.objectContaining({
        code: "incomplete-answer",
        severity: "warning",
        message: expect.stringContaining("not everything finds a peer as it asks for it"),
      }),
    ]);
  });

  it("stops the run when there is no end to it and it may not stand", async () => {
    const { result, looked } = await resolveAgainst(Number.POSITIVE_INFINITY, grave);
    expect([result.kind, looked]).toEqual(["stopped", 100]);
    expect(result).toMatchObject({ reason: "answers", contested: ["a", "b"], undecided: 0 });
  });

  it("and the last answer that is looked at may still do", async () => {
    const { result, looked } = await resolveAgainst(99, grave);
    expect([result.kind, looked]).toEqual(["resolved", 100]);
  });
});
