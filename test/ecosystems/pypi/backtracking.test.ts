import { describe, expect, test } from "vitest";
import { parseVersion } from "../../../src/ecosystems/pypi/pep/version.ts";
import { hasSnapshots, readCases, readSnapshot } from "./backtracking-snapshots.ts";
import { answer, MemoryIndex, solve } from "./memory-index.ts";

const isPresent = hasSnapshots();
if (!isPresent) console.warn("skipped: the shared snapshots are missing, or xz to unpack them");

describe.skipIf(!isPresent)("the shared snapshots of a real index", () => {
  // The archive holds no index for one of the cases.
  const cases = isPresent ? readCases().filter(({ index }) => index !== "pypi-2020-02-13-dask") : [];
  test.each(cases)("$name", { timeout: 60_000 }, async (one) => {
    const index = new MemoryIndex(readSnapshot(one.index));
    const result = await solve(index, { requires: one.requested, python: "3.8.0" });
    // No measure of time: decisions and conflicts say whether the search went straight.
    const [statistics] = result.statistics;
    expect(statistics?.decisions).toBeLessThan(60);
    expect(statistics?.conflicts).toBeLessThan(20);
    const selected = answer(result);
    const keys = Object.entries(selected ?? {}).map(([name, version]) => [name, parseVersion(version)?.key]);
    // The recorded answer leaves out what botocore 1.14.15 requires under `python_version != "3.4"`.
    const forgotten = one.name === "chalice" ? [["urllib3", parseVersion("1.25.8")?.key]] : [];
    const expected = [...(one.resolved ?? [])].map(([name, version]) => [name, parseVersion(version)?.key]);
    expect(Object.fromEntries(keys)).toEqual(Object.fromEntries([...expected, ...forgotten]));
  });
});
