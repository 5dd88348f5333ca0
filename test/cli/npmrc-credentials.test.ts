import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";

import { registryFiles } from "../../scripts/registry-layouts.mjs";
import { startRegistryServer } from "../helpers/registry-server.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { enki, ensureBuilt } from "./built-cli.ts";

beforeAll(() => ensureBuilt());

describe("credentials in .npmrc", { timeout: 120_000 }, () => {
  it("npmrc_credentials: go to their registry's path and nowhere else, and into no output", async () => {
    const [open, guarded] = [await startRegistryServer(), await startRegistryServer()];
    const packages = {
      left: { "1.0.0": { dependencies: { "@island/right": "1" } } },
      "@island/right": { "1.0.0": {} },
    };
    const files = registryFiles("npm", packages, { npmBase: open.url });
    const packument = (name: string) => ({ body: files.get(`${name}.json`) ?? "" });
    open.serve("/left", packument("left"));
    guarded.serve("/private/@island%2Fright", packument("@island%2fright"));
    const project = join(temporaryDirectory(), "project");
    mkdirSync(project);
    writeFileSync(join(project, "package.json"), '{"name": "x", "version": "1.0.0", "dependencies": {"left": "*"}}');
    writeFileSync(
      join(project, ".npmrc"),
      [
        `registry=${open.url}/`,
        `@island:registry=${guarded.url}/private/`,
        `//${new URL(guarded.url).host}/private/:_authToken=s3cr3t-token`,
        `//${new URL(open.url).host}/elsewhere/:_authToken=s3cr3t-other`,
      ].join("\n"),
    );
    const { status, stdout, stderr } = await enki(["resolve", "--json", "--verbose"], { directory: project });
    expect([status, stderr]).toEqual([0, expect.anything()]);
    expect(open.asked).toEqual(["/left"]);
    expect(open.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
    expect(guarded.requests.map(({ headers }) => headers.authorization)).toEqual(["Bearer s3cr3t-token"]);
    for (const text of [
      stdout,
      stderr,
      ...["enki.lock", "package-lock.json"].map((name) => readFileSync(join(project, name), "utf8")),
    ]) {
      expect(text).not.toContain("s3cr3t");
    }
  });
});
