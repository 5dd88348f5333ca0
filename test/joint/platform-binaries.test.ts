import { describe, expect, it } from "vitest";
import type { Resolution, ResolvedPackage } from "../../src/model/resolution.ts";
import { makePlan } from "../../src/nix-emit/make-plan.ts";
import { resolveScenario } from "../helpers/check-scenario.ts";
import { readScenarios } from "../helpers/scenario.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";

/** A machine in npm's words. */
interface Platform {
  readonly os: string;
  readonly cpu: string;
  readonly libc?: string;
}

/** Whether npm installs a package on a platform: each of its lists names the word, or is not there. */
function isInstalled({ details }: ResolvedPackage, platform: Platform): boolean {
  return (["os", "cpu", "libc"] as const).every((field) => {
    const list = details[field];
    return !Array.isArray(list) || list.includes(platform[field] ?? "");
  });
}

async function resolution(): Promise<Resolution> {
  const scenario = readScenarios("joint").find(({ name }) => name.includes("platform-binaries"));
  if (scenario === undefined) throw new Error("the scenario is gone");
  const { result } = await resolveScenario(scenario, temporaryDirectory());
  if (result.kind !== "resolved") throw new Error(result.kind);
  return result.resolution;
}

async function locked(): Promise<readonly ResolvedPackage[]> {
  return (await resolution()).packages;
}

function isBinary({ details }: ResolvedPackage): boolean {
  return details["os"] !== undefined || details["cpu"] !== undefined;
}

function namesOn(packages: readonly ResolvedPackage[], platform: Platform): readonly string[] {
  return packages.filter((one) => isBinary(one) && isInstalled(one, platform)).map(({ name }) => name);
}

const x64 = { os: "linux", cpu: "x64", libc: "glibc" };

describe("binaries for platforms", () => {
  it("are locked for all platforms", async () => {
    const packages = (await locked()).filter(({ ecosystem }) => ecosystem === "npm");
    expect(packages.filter(({ name }) => name.startsWith("@esbuild/"))).toHaveLength(26);
    expect(packages.filter(({ name }) => name.startsWith("@swc/core-"))).toHaveLength(12);
    expect(packages.filter(({ name }) => name.startsWith("@img/sharp-"))).toHaveLength(26);
    for (const { artifacts, id } of packages)
      expect([id, artifacts.length, artifacts[0]?.integrity]).toEqual([id, 1, expect.any(String)]);
  });

  it.each([
    [
      "x64 glibc",
      x64,
      ["@esbuild/linux-x64", "@img/sharp-libvips-linux-x64", "@img/sharp-linux-x64", "@swc/core-linux-x64-gnu"],
    ],
    [
      "x64 musl",
      { ...x64, libc: "musl" },
      [
        "@esbuild/linux-x64",
        "@img/sharp-libvips-linuxmusl-x64",
        "@img/sharp-linuxmusl-x64",
        "@swc/core-linux-x64-musl",
      ],
    ],
    [
      "arm64 glibc",
      { ...x64, cpu: "arm64" },
      ["@esbuild/linux-arm64", "@img/sharp-libvips-linux-arm64", "@img/sharp-linux-arm64", "@swc/core-linux-arm64-gnu"],
    ],
    [
      "arm64 darwin",
      { os: "darwin", cpu: "arm64" },
      ["@esbuild/darwin-arm64", "@img/sharp-darwin-arm64", "@img/sharp-libvips-darwin-arm64", "@swc/core-darwin-arm64"],
    ],
  ] as const)("are exactly one of each for %s, and nothing else differs there", async (_name, platform, expected) => {
    const packages = await locked();
    expect(namesOn(packages, platform)).toEqual(expected);
    const common = (where: Platform): readonly string[] => {
      const binaries = new Set(namesOn(packages, where));
      return packages.filter((one) => isInstalled(one, where) && !binaries.has(one.name)).map(({ id }) => id);
    };
    expect(common(platform)).toEqual(common(x64));
  });

  it("are chosen so when Nix is written", async () => {
    const options = { lockSha256: "", builtPackages: [], allowInsecureUrls: false };
    const [project] = [...makePlan(await resolution(), options).projects.values()];
    if (project?.kind !== "npm") throw new Error("the project is not npm's");
    const on = (system: string): readonly string[] =>
      project.nodes.filter(({ systems }) => systems?.includes(system) ?? true).map(({ path }) => path);
    const everywhere = on("x86_64-linux").filter((path) => on("aarch64-darwin").includes(path));
    expect(on("x86_64-linux").filter((path) => !everywhere.includes(path))).toEqual([
      "node_modules/@esbuild/linux-x64",
      "node_modules/@img/sharp-libvips-linux-x64",
      "node_modules/@img/sharp-linux-x64",
      "node_modules/@swc/core-linux-x64-gnu",
    ]);
    expect(everywhere.filter((path) => /esbuild|sharp|core/.test(path))).toEqual([
      "node_modules/@swc/core",
      "node_modules/esbuild",
      "node_modules/sharp",
    ]);
  });
});
