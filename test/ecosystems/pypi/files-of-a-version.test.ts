/** Which file of a version counts: tags, build numbers, yanked files, versions of the metadata. */
import { expect, test } from "vitest";
import type { ResolveResult } from "../../../src/resolve/request.ts";
import { manifestOf, resolveOver, startIndex } from "./loopback.ts";
import { answer, MemoryIndex, projects, solve, type MemoryVersion, type Problem } from "./memory-index.ts";
import { writeWheel } from "./wheel-writer.ts";

function installed(result: ResolveResult, system = "x86_64-linux"): unknown {
  const packages = result.kind === "resolved" ? result.resolution.packages : [];
  const install = packages.find(({ name }) => name === "a")?.details["install"];
  return new Map(Object.entries(install ?? {})).get(system);
}

async function chosen(facts: MemoryVersion, problem: Partial<Problem> = {}): Promise<unknown> {
  const index = new MemoryIndex(projects({ a: { "1.0": facts } }));
  return installed(await solve(index, { requires: ["a"], ...problem }), problem.system);
}

const files = (...names: readonly string[]): MemoryVersion => ({ files: names.map((filename) => ({ filename })) });

test.each<[string, readonly string[], string | undefined, Partial<Problem>?]>([
  ["the higher build number", ["a-1.0-2-py3-none-any.whl", "a-1.0-10-py3-none-any.whl"], "a-1.0-10-py3-none-any.whl"],
  ["a build number before none", ["a-1.0-py3-none-any.whl", "a-1.0-1-py3-none-any.whl"], "a-1.0-1-py3-none-any.whl"],
  [
    "the own ABI before the stable one, that before none",
    [
      "a-1.0-py3-none-any.whl",
      "a-1.0-cp38-abi3-manylinux2014_x86_64.whl",
      "a-1.0-cp312-cp312-manylinux2014_x86_64.whl",
    ],
    "a-1.0-cp312-cp312-manylinux2014_x86_64.whl",
  ],
  [
    "the stable ABI of an older Python, not that of a newer one",
    ["a-1.0-cp313-abi3-manylinux2014_x86_64.whl", "a-1.0-cp39-abi3-manylinux2014_x86_64.whl"],
    "a-1.0-cp39-abi3-manylinux2014_x86_64.whl",
  ],
  [
    "the newest glibc that there is",
    [
      "a-1.0-py3-none-manylinux_2_17_x86_64.whl",
      "a-1.0-py3-none-manylinux_2_28_x86_64.whl",
      "a-1.0-py3-none-manylinux_2_99_x86_64.whl",
    ],
    "a-1.0-py3-none-manylinux_2_28_x86_64.whl",
  ],
  [
    "musl where the platform says so",
    ["a-1.0-py3-none-manylinux_2_17_x86_64.whl", "a-1.0-py3-none-musllinux_1_1_x86_64.whl"],
    "a-1.0-py3-none-musllinux_1_1_x86_64.whl",
    { settings: { platform: "musllinux_1_2" } },
  ],
  [
    "both processors of macOS in one file",
    ["a-1.0-cp312-cp312-macosx_11_0_x86_64.whl", "a-1.0-cp312-cp312-macosx_10_13_universal2.whl"],
    "a-1.0-cp312-cp312-macosx_10_13_universal2.whl",
    { system: "aarch64-darwin" },
  ],
  [
    "Windows",
    ["a-1.0-py3-none-win32.whl", "a-1.0-py3-none-win_amd64.whl"],
    "a-1.0-py3-none-win_amd64.whl",
    { system: "x86_64-windows" },
  ],
  ["a wheel before a source distribution", ["a-1.0.tar.gz", "a-1.0-py3-none-any.whl"], "a-1.0-py3-none-any.whl"],
  ["no file of another system", ["a-1.0-py3-none-win32.whl"], undefined],
])("%s", async (_what, names, expected, problem) => {
  expect(await chosen(files(...names), problem)).toBe(expected);
});

test("files are yanked one by one", async () => {
  const one = { filename: "a-1.0-2-py3-none-any.whl", yanked: "broken" };
  const other = { filename: "a-1.0-1-py3-none-any.whl", yanked: false };
  expect(await chosen({ files: [one, other] })).toBe(other.filename);
});

test("a yanked version that is locked stays", async () => {
  const index = new MemoryIndex(projects({ a: { "1.0": {}, "2.0": { yanked: true } } }));
  expect(answer(await solve(index, { requires: ["a"] }))).toEqual({ a: "1.0" });
  const locked = await solve(index, { requires: ["a==2.0"] });
  if (locked.kind !== "resolved") throw new Error(locked.kind);
  const extra = { previous: locked.resolution };
  expect(answer(await solve(index, { requires: ["a"], extra }))).toEqual({ a: "2.0" });
});

test.each([
  ["2.9", "2.0"],
  ["3.0", "1.0"],
  ["1", "1.0"],
])("metadata of version %s", async (metadataVersion, expected) => {
  const newer = writeWheel("a", "2.0", {});
  const metadata = newer.metadata.replace(/^Metadata-Version: .*/, `Metadata-Version: ${metadataVersion}`);
  const server = await startIndex({ a: [{ ...newer, metadata }, writeWheel("a", "1.0", {})] });
  expect(answer(await resolveOver(server, [manifestOf("requirements.txt", "a\n")]))).toEqual({ a: expected });
});
