import { describe, expect, test } from "vitest";
import { readText, transcript } from "./built-cli.ts";
import { mixedService } from "./mixed-service.ts";

describe("add", () => {
  test("finds the newest version, writes the requirement as the ecosystem's tool would, and locks", async () => {
    const service = mixedService();
    await service.run("resolve");
    const packages = ["npm:tiny", "pypi:six", "cargo:openssl-sys", "opam:base", "nix:zlib"];
    expect(transcript(await service.run("add", ...packages))).toMatchInlineSnapshot(`
      "exit 0
      --- stderr
      Resolved PACKAGES for x86_64-linux in TIME
        + nix zlib 1.3.1
        + npm tiny 3.0.0
        wrote web/package.json
        wrote bot/pyproject.toml
        wrote search/Cargo.toml
        wrote dns/island.opam
        wrote enki.toml
        wrote enki.lock
        wrote enki.opam-switch
        wrote search/Cargo.lock
        wrote web/package-lock.json
      "
    `);
    expect(readText(service.directory, "web/package.json")).toBe(`{
  "name": "web",
  "version": "1.0.0",
  "dependencies": {
    "kit": "^1.0.0",
    "tiny": "^3.0.0"
  }
}
`);
    expect(readText(service.directory, "bot/pyproject.toml")).toContain('dependencies = ["crypto>=2", "six>=1.16"]');
    expect(readText(service.directory, "search/Cargo.toml")).toContain('openssl-sys = "0.9.1"\ntls = "1"\n');
    expect(readText(service.directory, "dns/island.opam")).toContain('depends: ["zed" {>= "1.0"} "base" {>= "0.1"}]');
    expect(readText(service.directory, "enki.toml")).toMatch(/\n\[dependencies\.nix\]\nzlib = "\*"\n$/);
    expect((await service.run("resolve", "--locked", "--no-cache")).status).toBe(0);
  });

  test("writes nothing when there is no answer, and says why", async () => {
    const service = mixedService();
    await service.run("resolve");
    const before = readText(service.directory, "web/package.json");
    expect(transcript(await service.run("add", "npm:tiny@^4"))).toMatchInlineSnapshot(`
      "exit 1
      --- stderr
      error: there is no answer for x86_64-linux
      Because web/package.json:6 requires tiny ^4, but only tiny 3.0.0, 2.1.0 and 2.0.0 exist, your requirements can't all be fulfilled.
      hint: everything else agrees with tiny 3.0.0 instead of ^4 (web/package.json:6): enki add npm:tiny@^3.0.0
      "
    `);
    expect(transcript(await service.run("add", "npm:tinny"))).toMatchInlineSnapshot(`
      "exit 1
      --- stderr
      error: there is no answer for x86_64-linux
      Because web/package.json:6 requires tinny and tinny is not in the registry, your requirements can't all be fulfilled.
      hint: check the name tinny, and whether its registry is configured
      hint: did you mean tiny instead of tinny (web/package.json:6)? Something else needs tiny already, and there is an answer without tinny: enki remove npm:tinny
      "
    `);
    expect(readText(service.directory, "web/package.json")).toBe(before);
  });

  test("a dry run changes no manifest", async () => {
    const service = mixedService();
    await service.run("resolve");
    expect(transcript(await service.run("add", "--dry-run", "--dev", "npm:tiny@2.0.0"))).toMatchInlineSnapshot(`
      "exit 0
      --- stderr
      Resolved PACKAGES for x86_64-linux in TIME
        + npm tiny 2.0.0
        would write web/package.json
        would write enki.lock
        would write web/package-lock.json
      "
    `);
    expect(readText(service.directory, "web/package.json")).not.toContain("tiny");
  });

  test.each([
    ["an ecosystem must be clear", ["express"]],
    ["an ecosystem must be known", ["npn:express"]],
    ["a range must follow the @", ["npm:express@"]],
    ["groups exclude each other", ["npm:tiny@2", "--dev", "--optional"]],
    ["a manifest must be of the ecosystem", ["npm:tiny@2", "--manifest", "search/Cargo.toml"]],
    ["a manifest must exist", ["npm:tiny@2", "--manifest", "app/package.json"]],
    ["enki.toml knows no groups", ["nix:zlib", "--dev"]],
  ])("%s", async (_name, arguments_) => {
    const result = await mixedService().run("add", ...arguments_);
    expect(result.status).toBe(2);
    expect(result.stderr).toMatchSnapshot();
  });
});

describe("remove", () => {
  test("takes a requirement out of its manifest, and its packages out of the lock", async () => {
    const service = mixedService();
    await service.run("resolve");
    expect(transcript(await service.run("remove", "kit", "cargo:tls"))).toMatchInlineSnapshot(`
      "exit 0
      --- stderr
      Resolved PACKAGES for x86_64-linux in TIME
        - cargo openssl-sys 0.9.1
        - cargo tls 1.2.3
        - nix openssl 3.4.1
        - npm kit 1.1.0
        - npm tiny 2.1.0
        wrote web/package.json
        wrote search/Cargo.toml
        wrote enki.lock
        wrote search/Cargo.lock
        wrote web/package-lock.json
      "
    `);
    expect(readText(service.directory, "web/package.json")).toBe('{\n  "name": "web",\n  "version": "1.0.0"\n}\n');
    expect(readText(service.directory, "search/Cargo.toml")).not.toContain("tls");
    expect(transcript(await service.run("remove", "kits"))).toMatchInlineSnapshot(`
      "exit 1
      --- stderr
      error: no manifest requires "kits"
      "
    `);
  });
});
