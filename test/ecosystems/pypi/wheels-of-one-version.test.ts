import { expect, test } from "vitest";
import { isVariantWheel } from "../../../src/ecosystems/pypi/pep/file-name.ts";
import { explain } from "../../../src/report/explanation/explain.ts";
import { startRegistryServer, type RegistryServer } from "../../helpers/registry-server.ts";
import { manifestOf, resolveOver, startIndex } from "./loopback.ts";
import { answer, MemoryIndex, projects, solve } from "./memory-index.ts";
import { sha256, simpleIndex, writeWheel } from "./wheel-writer.ts";

const linux = "cp312-cp312-manylinux_2_17_x86_64";
const mac = "cp312-cp312-macosx_11_0_arm64";

async function differing(): Promise<RegistryServer> {
  return await startIndex({
    torch: [
      writeWheel("torch", "2.0", { requires: ["cuda"] }, linux),
      writeWheel("torch", "2.0", { requires: [] }, mac),
    ],
    cuda: [writeWheel("cuda", "1.0", {})],
  });
}

test("wheels that require other things on other systems are warned of", async () => {
  const server = await differing();
  const result = await resolveOver(server, [manifestOf("requirements.txt", "torch\n")], { systems: ["x86_64-linux"] });
  expect(answer(result)).toMatchObject({ torch: "2.0", cuda: "1.0" });
  expect(result.diagnostics).toMatchObject([
    {
      code: "pypi-differing-wheels",
      message: `the wheels of torch 2.0 do not require the same: torch-2.0-${mac}.whl, torch-2.0-${linux}.whl`,
    },
  ]);
});

test("each system has what its own wheel requires", async () => {
  const server = await differing();
  const systems = ["x86_64-linux", "aarch64-darwin"];
  const result = await resolveOver(server, [manifestOf("requirements.txt", "torch\n")], { systems });
  if (result.kind !== "resolved") throw new Error(result.kind);
  expect(result.violations).toEqual([]);
  const text = result.locks.find(({ path }) => path === "pylock.toml")?.content ?? "";
  expect(text).toContain('name = "cuda"\nversion = "1.0"\nmarker = "sys_platform == \\"linux\\""');
});

test("wheels whose metadata differ in other fields are not warned of, nor are those of other projects asked for", async () => {
  const wheels = [linux, mac].map((tag) => writeWheel("a", "1.0", { requires: [] }, tag));
  const listed = wheels.map((wheel, index) => ({ ...wheel, metadata: `${wheel.metadata}Summary: built ${index}\n` }));
  const server = (await startRegistryServer()).serveFrom(simpleIndex(new Map([["a", listed]])));
  const result = await resolveOver(server, [manifestOf("requirements.txt", "a\n")], { systems: ["x86_64-linux"] });
  expect(answer(result)).toMatchObject({ a: "1.0" });
  expect(new Set(listed.map(({ metadata }) => sha256(metadata))).size).toBe(2);
  expect(result.diagnostics).toEqual([]);
});

test("variant wheels are known and never chosen", async () => {
  expect(isVariantWheel("a-1.0-py3-none-any-x86_64_v3.whl")).toBe(true);
  expect(isVariantWheel("a-1.0-7-py3-none-any-x86_64_v3.whl")).toBe(true);
  expect(isVariantWheel("a-1.0-7-py3-none-any.whl")).toBe(false);
  const only = { files: [{ filename: "a-2.0-py3-none-any-x86_64_v3.whl" }] };
  const index = projects({
    a: {
      "1.0": { files: [{ filename: "a-1.0-py3-none-any.whl" }, { filename: "a-1.0-py3-none-any-cu12.whl" }] },
      "2.0": only,
    },
  });
  const result = await solve(new MemoryIndex(index), { requires: ["a"] });
  expect(answer(result)).toEqual({ a: "1.0" });
  const none = await solve(new MemoryIndex(index), { requires: ["a>=2"] });
  if (none.kind !== "unsatisfiable") throw new Error(none.kind);
  expect(explain(none.derivation, none.narrator).text).toContain("has variant wheels only");
});
