import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readText, transcript } from "./built-cli.ts";
import { mixedService } from "./mixed-service.ts";

test("Nix files are written when asked, checked, and kept up to date once they are there", async () => {
  const service = mixedService();
  await service.run("resolve");
  expect((await service.run("nix", "--check")).status).toBe(1);
  expect(transcript(await service.run("nix"))).toMatch(/^exit 0\n--- stderr\nwrote nix\/enki \(\d+ files\)\n$/);
  expect(transcript(await service.run("nix", "--check"))).toContain("exit 0");
  expect(transcript(await service.run("nix"))).toBe("exit 0\n--- stderr\nnothing changed\n");
  const plan = join(service.directory, "nix/enki/plan.json");
  appendFileSync(plan, "\n");
  expect(transcript(await service.run("nix", "--check"))).toMatchInlineSnapshot(`
    "exit 1
    --- stderr
    error: nix/enki/plan.json is not what enki.lock says
     = help: run \`enki nix\` and commit the result
    "
  `);
  expect(transcript(await service.run("resolve", "--locked"))).toContain("nix/enki/plan.json would change");
  expect(transcript(await service.run("resolve"))).toContain("wrote nix/enki/plan.json");
  expect((await service.run("nix", "--check")).status).toBe(0);
});

test("what the user owns is never overwritten", async () => {
  const service = mixedService();
  await service.run("resolve", "--nix");
  const own = ["nix/enki/overrides.nix", "flake.nix"].map((file) => join(service.directory, file));
  for (const file of own) writeFileSync(file, "{ }\n");
  await service.run("nix", "--flake");
  expect(own.map((file) => readText(file))).toEqual(["{ }\n", "{ }\n"]);
});

test("explain", async () => {
  const service = mixedService((scenario) => scenario.replace("^2.1.0", "^4").replace("^2.0.0", "^4"));
  const { status, stdout, stderr } = await service.run("explain");
  expect([status, stderr]).toEqual([1, ""]);
  expect(stdout).toContain("kit");
  const prose = await service.run("explain", "--format", "prose");
  expect(prose.stdout).toContain("Because ");
  const json: unknown = JSON.parse((await service.run("explain", "--format", "json")).stdout);
  expect(json).toMatchObject({ status: "unsatisfiable", system: "x86_64-linux" });
  expect(transcript(await mixedService().run("explain"))).toMatch(
    /there is an answer, with \d+ packages: run `enki resolve`/,
  );
});
