import { describe, expect, test } from "vitest";
import { pypi } from "../../../src/ecosystems/pypi/index.ts";
import { hasFiles, lockNames, readReplay, withPureWheels, type ReplayEnvironment } from "./lock-replay.ts";
import { answer, MemoryIndex, solve } from "./memory-index.ts";

const names = lockNames();
if (names.length === 0) console.warn("skipped: the shared locks of real projects are missing");

const environments: readonly ReplayEnvironment[] = [
  { system: "x86_64-linux", python: "3.13.1" },
  { system: "aarch64-darwin", python: "3.12.4" },
  { system: "aarch64-linux", python: "3.11.7" },
  { system: "x86_64-linux", python: "3.14.0" },
  { system: "aarch64-darwin", python: "3.14.0" },
  { system: "aarch64-linux", python: "3.14.0" },
  { system: "aarch64-darwin", python: "3.13.1" },
  { system: "aarch64-linux", python: "3.13.1" },
];

describe.skipIf(names.length === 0)("the locks of real projects, resolved again", () => {
  test.each(names)("%s", async (name) => {
    const replay = readReplay(name);
    const admitted = environments
      .filter((environment) => pypi.rangeAdmits(replay.requiresPython, environment.python))
      .slice(0, 3);
    expect(admitted).toHaveLength(3);
    for (const environment of admitted) {
      const hasAll = hasFiles(replay, environment);
      const index = new MemoryIndex(hasAll ? replay.projects : withPureWheels(replay.projects));
      const result = await solve(index, { requires: replay.requires, ...environment });
      expect(answer(result)).toEqual(Object.fromEntries(replay.walk(environment)));
    }
  });
});
