import { expect, test } from "vitest";
import { pypi } from "../../../src/ecosystems/pypi/index.ts";
import type { JsonObject } from "../../../src/model/json.ts";
import type { Manifest } from "../../../src/model/manifest.ts";
import type { Resolution, ResolvedPackage } from "../../../src/model/resolution.ts";
import { manifestOf } from "./loopback.ts";
import { MemoryIndex, projects, solve } from "./memory-index.ts";

const requires = ["a[fast]>=1", "c<2"];
const manifest: Manifest = manifestOf("requirements.txt", requires.map((line) => `${line}\n`).join(""));

async function resolution(): Promise<Resolution> {
  const index = new MemoryIndex(
    projects({
      a: { "1.5": { requires: ["c>=1"], extras: { fast: ["d==3"] }, requiresPython: ">=3.9" } },
      c: { "1.0": {}, "1.1": {}, "2.0": {} },
      d: { "3.0": {} },
    }),
  );
  const result = await solve(index, { requires });
  if (result.kind !== "resolved") throw new Error(result.kind);
  return result.resolution;
}

/** The messages of the check about a resolution in which some packages were changed. */
async function complaints(change: (found: Resolution) => Resolution): Promise<readonly string[]> {
  return pypi.verify(change(await resolution()), [manifest]).map(({ from, message }) => `${from}: ${message}`);
}

function changePackage(
  found: Resolution,
  name: string,
  change: (package_: ResolvedPackage) => ResolvedPackage,
): Resolution {
  return { ...found, packages: found.packages.map((one) => (one.name === name ? change(one) : one)) };
}

function withDetails(package_: ResolvedPackage, details: JsonObject): ResolvedPackage {
  return { ...package_, details: { ...package_.details, ...details } };
}

test("an honest answer has no complaints", async () => {
  expect(await complaints((found) => found)).toEqual([]);
});

test("a version outside of what a package or a manifest requires", async () => {
  expect(await complaints((found) => changePackage(found, "c", (one) => ({ ...one, version: "0.9" })))).toEqual([
    "pypi:a@1.5: c>=1 is required in run, but 0.9 is there (x86_64-linux)",
  ]);
  expect(await complaints((found) => changePackage(found, "c", (one) => ({ ...one, version: "2.0" })))).toEqual([
    "root:requirements.txt: c<2 is required in run, but 2.0 is there (x86_64-linux)",
  ]);
});

test("a package that is missing, there twice, or without the extra that is asked for", async () => {
  expect(
    await complaints((found) => ({
      ...found,
      instances: found.instances.filter((one) => one.package !== "pypi:d@3.0"),
    })),
  ).toEqual(["pypi:a@1.5: d==3 is required in run, and no version of it is there (x86_64-linux)"]);
  const twice = await complaints((found) => {
    const extra = found.packages
      .filter(({ name }) => name === "d")
      .map((one) => ({ ...one, id: "pypi:d@4.0", version: "4.0" }));
    return {
      ...found,
      packages: [...found.packages, ...extra],
      instances: [...found.instances, { package: "pypi:d@4.0", environment: "run", features: [] }],
    };
  });
  expect(twice).toContain("pypi:d@4.0: run holds two versions of d: 3.0 and 4.0 (x86_64-linux)");
  expect(
    await complaints((found) => ({ ...found, instances: found.instances.map((one) => ({ ...one, features: [] })) })),
  ).toEqual(["root:requirements.txt: a[fast] is required, and the extra is not selected (x86_64-linux)"]);
});

test("a Python that is too old, and a file that is not locked", async () => {
  expect(
    await complaints((found) => changePackage(found, "a", (one) => withDetails(one, { requiresPython: ">=3.13" }))),
  ).toEqual(["pypi:a@1.5: it needs python >=3.13, and the target has 3.12.1 (x86_64-linux)"]);
  expect(await complaints((found) => changePackage(found, "a", (one) => withDetails(one, { files: [] })))).toEqual([
    "pypi:a@1.5: no file of it is locked for x86_64-linux (x86_64-linux)",
  ]);
});

function withMoreRequirements(found: Resolution): Resolution {
  const requiresDist = ["e>1", "f; sys_platform == 'win32'", "not a one"];
  return changePackage(found, "d", (one) => withDetails(one, { requiresDist }));
}

test("a requirement that came in after the resolution", async () => {
  expect(await complaints(withMoreRequirements)).toEqual([
    "pypi:d@3.0: e>1 is required in run, and no version of it is there (x86_64-linux)",
    'pypi:d@3.0: the requirement "not a one" is unreadable (x86_64-linux)',
  ]);
});
