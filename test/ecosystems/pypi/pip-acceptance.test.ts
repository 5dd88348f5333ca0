import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Resolved, ResolveResult } from "../../../src/resolve/request.ts";
import { temporaryDirectory } from "../../helpers/temporary-directory.ts";
import { manifestOf, resolveOver, startIndex } from "./loopback.ts";
import { installedFrom } from "./pylock-reader.ts";
import { findInterpreters, pipDryRun, type PipChoice } from "./python-interpreters.ts";
import { writeWheel, type WrittenFile } from "./wheel-writer.ts";

const interpreters = findInterpreters().filter(({ pip }) => pip !== undefined);
if (interpreters.length === 0) console.warn("skipped: no Python from 3.9 to 3.14 with pip on this machine");

/** A pip that reads pylock.toml (26 or later): a wheel named by the environment, or that of an interpreter. */
const pipWheel = process.env["ENKI_TEST_PIP_WHEEL"];
const readsLocks = ({ pip }: { readonly pip: string | undefined }): boolean =>
  pipWheel !== undefined || Number(pip?.split(".")[0]) >= 26;
if (!interpreters.some(readsLocks)) {
  console.warn("skipped: no pip of version 26 for pylock.toml; name a wheel of it in ENKI_TEST_PIP_WHEEL");
}

const pyproject = `
[project]
name = "service"
version = "1.0"
requires-python = ">=3.9"
dependencies = ["web-server[fast]>=1", "native", 'only-mac; sys_platform == "darwin"', 'only-linux; sys_platform == "linux"']

[project.optional-dependencies]
metrics = ["metrics-client>=2"]

[dependency-groups]
test = ["test-runner", { include-group = "lint" }]
lint = ["linter<2"]
`;

function project(): Readonly<Record<string, readonly WrittenFile[]>> {
  const pythonTags = [39, 310, 311, 312, 313, 314].map((digits) => `cp${digits}-cp${digits}`);
  const platforms = ["manylinux_2_17_x86_64.manylinux2014_x86_64", "macosx_11_0_arm64"];
  const nativeTags = pythonTags.flatMap((tag) => platforms.map((platform) => `${tag}-${platform}`));
  return {
    "web-server": [
      writeWheel("web-server", "1.0", {}),
      writeWheel("web-server", "2.0", {
        requires: ["shared>=1,<3", 'old-python; python_version < "3.11"'],
        extras: { fast: ["fast-loop; implementation_name == 'cpython'"] },
      }),
    ],
    "fast-loop": [writeWheel("fast-loop", "0.9", { requires: ["shared<2.5"] })],
    "old-python": [writeWheel("old-python", "1.1", {})],
    shared: ["1.0", "2.0", "2.4", "2.5", "3.0"].map((version) => writeWheel("shared", version, {})),
    native: nativeTags.map((tag) => writeWheel("native", "4.1", {}, tag)),
    "only-mac": [writeWheel("only-mac", "1.0", {})],
    "only-linux": [writeWheel("only-linux", "1.0", {})],
    "metrics-client": [writeWheel("metrics-client", "2.2", { requires: ["shared"] })],
    "test-runner": [writeWheel("test-runner", "8.0", { requires: ["linter"] })],
    linter: [writeWheel("linter", "1.9", {}), writeWheel("linter", "2.0", {})],
  };
}

function resolved(result: ResolveResult): Resolved {
  if (result.kind !== "resolved") throw new Error(result.kind);
  expect(result.violations).toEqual([]);
  return result;
}

/** What the running system installs: the versions of one environment, or of all. */
function selection(result: Resolved, environments: readonly string[]): readonly PipChoice[] {
  const installed = result.resolution.instances.filter(
    ({ environment, systems }) => environments.includes(environment) && systems?.includes("x86_64-linux") !== false,
  );
  const ids = new Set(installed.map((instance) => instance.package));
  return result.resolution.packages
    .filter(({ id }) => ids.has(id) && id.startsWith("pypi:"))
    .map(({ name, version }) => ({ name, version }))
    .toSorted((left, right) => (left.name < right.name ? -1 : 1));
}

function minorOf(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}

const isLinux = process.platform === "linux" && process.arch === "x64";
if (!isLinux)
  console.warn("skipped: pip chooses for the running system, and the expectations are those of x86_64-linux");

describe.skipIf(!isLinux || interpreters.length === 0)("pip installs what Enki locked", () => {
  // pip 26 runs on Python 3.10 and later.
  const readers = interpreters.filter(readsLocks).filter(({ version }) => !version.startsWith("3.9."));

  test.each(interpreters)("one requirements.txt with hashes for all, python $version", async (python) => {
    const server = await startIndex(project());
    const minors = interpreters.map(({ version }) => minorOf(version));
    const result = resolved(
      await resolveOver(server, [manifestOf("pyproject.toml", pyproject)], {
        python: interpreters[0]?.version ?? "",
        systems: ["x86_64-linux", "aarch64-darwin"],
        settings: new Map([["pypi", new Map([["pythons", minors]])]]),
      }),
    );
    const text = result.locks.find(({ path }) => path === "requirements.txt")?.content ?? "";
    expect(text).toContain("--hash=sha256:");
    expect(text).toContain('only-mac==1.0 ; sys_platform == "darwin"');
    const file = join(temporaryDirectory(), "requirements.txt");
    writeFileSync(file, text);
    const installed = await pipDryRun(python, ["--require-hashes", "--index-url", `${server.url}/simple/`, "-r", file]);
    const lock = result.locks.find(({ path }) => path === "pylock.toml")?.content ?? "";
    const expected = installedFrom(lock, { python: minorOf(python.version), system: "x86_64-linux" });
    expect(Object.fromEntries(installed.map(({ name, version }) => [name, version]))).toEqual(expected);
    expect("old-python" in expected).toBe(Number(python.version.split(".")[1]) < 11);
  });

  test.skipIf(readers.length === 0).each(readers)("pylock.toml, python $version", async (python) => {
    const server = await startIndex(project());
    const result = resolved(
      await resolveOver(server, [manifestOf("pyproject.toml", pyproject)], {
        python: python.version,
        systems: ["x86_64-linux", "aarch64-darwin"],
      }),
    );
    const text = result.locks.find(({ path }) => path === "pylock.toml")?.content ?? "";
    const file = join(temporaryDirectory(), "pylock.toml");
    writeFileSync(file, text);
    const installed = await pipDryRun(python, ["--index-url", `${server.url}/simple/`, "-r", file], pipWheel);
    expect(installed).toEqual(selection(result, ["run"]));
  });

  test.skipIf(readers.length < 2)("a pylock.toml of another Python is refused", async () => {
    const [python, other] = readers;
    if (python === undefined || other === undefined) throw new Error("two interpreters are needed");
    const server = await startIndex(project());
    const result = resolved(
      await resolveOver(server, [manifestOf("pyproject.toml", pyproject)], { python: other.version }),
    );
    const file = join(temporaryDirectory(), "pylock.toml");
    writeFileSync(file, result.locks.find(({ path }) => path === "pylock.toml")?.content ?? "");
    const install = pipDryRun(python, ["--index-url", `${server.url}/simple/`, "-r", file], pipWheel);
    await expect(install).rejects.toThrow(/environment/i);
  });

  test("a file that was changed after locking is refused", async () => {
    const [python] = interpreters;
    if (python === undefined) throw new Error("no interpreter");
    const projects = project();
    const server = await startIndex(projects);
    const result = resolved(
      await resolveOver(server, [manifestOf("pyproject.toml", pyproject)], { python: python.version }),
    );
    const file = join(temporaryDirectory(), "requirements.txt");
    writeFileSync(file, result.locks.find(({ path }) => path === "requirements.txt")?.content ?? "");
    const changed = await startIndex({
      ...projects,
      "only-linux": [writeWheel("only-linux", "1.0", { requires: ["shared"] })],
    });
    const install = async (): Promise<unknown> =>
      await pipDryRun(python, ["--require-hashes", "--index-url", `${changed.url}/simple/`, "-r", file]);
    await expect(install()).rejects.toThrow(/HASHES|hash/i);
  });
});
