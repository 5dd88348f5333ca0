import { cpSync, mkdtempSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeStore, nixIsMissing } from "../helpers/nix-instantiate.ts";
import { emitProject, fakePackages } from "./emitted-project.ts";
import { allSystems } from "./sample.ts";
import { webService } from "./web-service.ts";

const systems = `[ ${allSystems.map((system) => JSON.stringify(system)).join(" ")} ]`;

/** A flake in the place of nixpkgs, over the stand-in. */
function nixpkgsFlake(): string {
  const directory = mkdtempSync(join(tmpdir(), "enki-nixpkgs-"));
  cpSync(fakePackages, join(directory, "fake"), { recursive: true });
  writeFileSync(
    join(directory, "flake.nix"),
    `{
      outputs = { self }: {
        lib = import ./fake/lib.nix { release = "24.11"; };
        legacyPackages = self.lib.genAttrs ${systems} (system: import ./fake { inherit system; });
      };
    }
    `,
  );
  return directory;
}

describe.skipIf(nixIsMissing)("the flake", () => {
  const project = emitProject(webService(), { "web/package.json": "{}" }, { flake: true });
  const store = makeStore();
  const stub = nixpkgsFlake();
  const nix = (
    ...command: readonly string[]
  ): { readonly status: number | null; readonly stdout: string; readonly stderr: string } =>
    spawnSync("nix", [...command, "--no-write-lock-file", "--override-input", "nixpkgs", `path:${stub}`], {
      env: store.environment,
      encoding: "utf8",
    });

  it("passes nix flake check", () => {
    const { status, stderr } = nix("flake", "check", "--no-build", `path:${project.directory}`);
    expect({ status, stderr: status === 0 ? "" : stderr }).toEqual({ status: 0, stderr: "" });
  });

  it("shows packages, checks and shells for every system of the lock, and an overlay", () => {
    const { stdout, stderr } = nix("flake", "show", "--json", `path:${project.directory}`);
    expect({ isShown: stdout !== "", stderr: stdout === "" ? stderr : "" }).toEqual({ isShown: true, stderr: "" });
    const shown = JSON.parse(stdout) as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    expect(Object.keys(shown).toSorted()).toEqual(["checks", "devShells", "overlays", "packages"]);
    expect(Object.keys(shown["packages"] ?? {})).toEqual([
      "aarch64-darwin",
      "aarch64-linux",
      "x86_64-darwin",
      "x86_64-linux",
    ]);
    expect(JSON.stringify(shown["packages"])).toContain('"web"');
  });
});
