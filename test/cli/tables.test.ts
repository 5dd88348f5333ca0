import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readText } from "./built-cli.ts";
import { mixedService } from "./mixed-service.ts";

/** The requirements of every ecosystem, in enki.toml alone. */
const tables: Readonly<Record<string, string>> = {
  npm: 'kit = "^1"',
  pypi: 'crypto = ">=2"',
  cargo: 'tls = "1"',
  opam: "zed = '>= \"1.0\"'",
  nix: 'openssl = "*"',
};

/** A service without manifests: some tables of enki.toml are all there is. */
function serviceOf(...ecosystems: readonly string[]): ReturnType<typeof mixedService> {
  const service = mixedService();
  const sections = ecosystems.map((ecosystem) => `[dependencies.${ecosystem}]\n${tables[ecosystem] ?? ""}\n`);
  const text = `[service]\nname = "island"\nmanifests = []\n\n[nixpkgs]\nrelease = "nixos-25.05"\n\n${sections.join("\n")}`;
  writeFileSync(join(service.directory, "enki.toml"), text);
  return service;
}

describe("requirements in enki.toml instead of manifests", () => {
  test.each([...Object.keys(tables).map((ecosystem) => [ecosystem]), Object.keys(tables)])(
    "of %s are locked, checked, shown and emitted",
    async (...ecosystems) => {
      const service = serviceOf(...ecosystems);
      expect(await service.run("resolve", "--quiet")).toEqual({ status: 0, stdout: "", stderr: "" });
      expect(await service.run("check", "--quiet")).toEqual({ status: 0, stdout: "", stderr: "" });
      const lock = JSON.parse(readText(service.directory, "enki.lock")) as { roots: object };
      expect(Object.keys(lock.roots)).toEqual(ecosystems.map((ecosystem) => `root:enki.toml#${ecosystem}`).toSorted());
      const { stdout: tree } = await service.run("tree");
      for (const ecosystem of ecosystems) expect(tree).toContain(`enki.toml (dependencies.${ecosystem})`);
      expect(await service.run("nix", "--quiet")).toEqual({ status: 0, stdout: "", stderr: "" });
    },
  );

  test("a changed table makes the lock stale", async () => {
    const service = serviceOf("cargo");
    await service.run("resolve");
    const file = join(service.directory, "enki.toml");
    writeFileSync(file, readText(file).replace('tls = "1"', 'tls = "1.2"'));
    expect(await service.run("check")).toMatchObject({ status: 1 });
  });
});
