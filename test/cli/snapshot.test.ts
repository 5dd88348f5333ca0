import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readText } from "./built-cli.ts";
import { mixedService } from "./mixed-service.ts";

const withoutAnswer = (scenario: string): string => scenario.replaceAll(/\^2\.[01]\.0/g, "^4");

/** The lines of a replay without its time. */
function withoutTime(text: string): string {
  return text.replace(/, \d+\.\d ms$/mu, "");
}

describe("enki snapshot", () => {
  test("captures what was solved, of all ecosystems, and replays it to the same answer", async () => {
    const service = mixedService();
    const taken = await service.run("snapshot", "-o", "problem.json");
    expect(taken.status).toBe(0);
    expect(taken.stderr).toMatch(/captured the problem for x86_64-linux: \d+ packages; it has an answer/u);
    const replayed = await service.run("snapshot", "--replay", "problem.json");
    expect([replayed.status, replayed.stderr]).toEqual([0, ""]);
    for (const line of ["npm:kit 1.1.0", "npm:tiny 2.1.0", "pypi:crypto 2.0", "cargo:tls 1.2.3", "opam:zed 1.5"]) {
      expect(replayed.stdout).toContain(`\n  ${line}\n`);
    }
    const limited = await service.run("snapshot", "--replay", "problem.json", "--max-steps", "3");
    expect(limited.status).toBe(2);
    expect(limited.stderr).toMatch(
      /the limit of steps \(--max-steps\) was reached .* after 3 decisions and 0 conflicts, and \d+ more waited/u,
    );
    const resolved: unknown = JSON.parse((await service.run("resolve", "--json", "--dry-run")).stdout);
    const json: unknown = JSON.parse((await service.run("snapshot", "--replay", "problem.json", "--json")).stdout);
    const { statistics } = json as { statistics: Record<string, number> };
    expect(json).toMatchObject({ status: "solved", missingFacts: 0 });
    expect(resolved).toMatchObject({ statistics: [statistics] });
    expect(statistics["decisions"]).toBeGreaterThan(5);
  });

  test("is the same text every time and holds no path of the machine", async () => {
    const service = mixedService();
    const [first, second] = [await service.run("snapshot"), await service.run("snapshot")];
    expect(second.stdout).toBe(first.stdout);
    expect(first.stdout).not.toContain("DIRECTORY");
  });

  test("of a service without an answer explains itself in the same words", async () => {
    const service = mixedService(withoutAnswer);
    const explained = await service.run("explain", "--format", "prose");
    const taken = await service.run("snapshot", "-o", "problem.json");
    expect(taken.stderr).toContain("it has no answer");
    const [firstLine = ""] = explained.stdout.split("\n");
    expect(firstLine).toMatch(/^Because .*web\/package\.json:5 requires kit \^1\.0\.0/u);
    const replayed = await service.run("snapshot", "--replay", "problem.json");
    expect(replayed.status).toBe(1);
    expect(replayed.stdout).toContain(firstLine);
    expect(withoutTime(replayed.stdout)).toMatch(/\d+ decisions, \d+ conflicts, \d+ propagations, \d+ learned\n$/u);
    const fromFile = await service.run("explain", "problem.json", "--format", "prose");
    expect([fromFile.status, fromFile.stdout.split("\n")[0]]).toEqual([1, firstLine]);
  });

  test.each([
    ["missing file", undefined, "can't be read"],
    ["not JSON", "[", "is not JSON"],
    ["another document", '{"format":"x"}', 'format must be "enki-problem"'],
    ["a later version", '{"format":"enki-problem","version":2}', "version must be 1"],
  ])("refuses a damaged file: %s", async (_name, text, message) => {
    const service = mixedService();
    if (text !== undefined) writeFileSync(join(service.directory, "p.json"), text);
    const { status, stderr } = await service.run("snapshot", "--replay", "p.json");
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });

  test("survives every damage to a real file", async () => {
    const service = mixedService(withoutAnswer);
    await service.run("snapshot", "-o", "problem.json");
    const text = readText(service.directory, "problem.json");
    writeFileSync(join(service.directory, "problem.json"), text.replace('"requires",1,', '"requires",100000,'));
    const { status, stderr } = await service.run("explain", "problem.json");
    expect(status).toBe(2);
    expect(stderr).toMatch(/problem\.json is not a snapshot .*packages\[\d+\]\.candidates\[0\]\[0\]\[1\] must be/u);
  });
});
