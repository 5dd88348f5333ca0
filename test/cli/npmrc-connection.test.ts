import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";

import { startProxy } from "../helpers/forward-proxy.ts";
import { startRegistryServer } from "../helpers/registry-server.ts";
import { hasOpenssl, startSecureServer } from "../helpers/secure-server.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { type CommandResult, enki, ensureBuilt } from "./built-cli.ts";

beforeAll(() => ensureBuilt());

const packument = JSON.stringify({
  name: "left",
  "dist-tags": { latest: "1.0.0" },
  versions: { "1.0.0": { name: "left", version: "1.0.0", dist: { tarball: "http://127.0.0.1:9/left-1.0.0.tgz" } } },
});

/** Resolves a project that needs one package, under a configuration of npm's. */
function resolve(npmrc: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
  const project = join(temporaryDirectory(), "project");
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), '{"name": "x", "version": "1.0.0", "dependencies": {"left": "*"}}');
  writeFileSync(join(project, ".npmrc"), npmrc.join("\n"));
  // The configuration of this machine is none of the test's business.
  const noOther = { npm_config_globalconfig: join(project, "nowhere") };
  return enki(["resolve", "--verbose"], { directory: project, environment: { ...noOther, ...environment } });
}

describe("how .npmrc says that registries are reached", { timeout: 120_000 }, () => {
  it("npmrc_proxy: through proxy, whose credentials the registry never sees", async () => {
    const registry = await startRegistryServer();
    registry.serve("/left", packument);
    const proxy = await startProxy("me:s3cr3t");
    const { host } = new URL(registry.url);
    const token = `//${host}/:_authToken=t0ken`;
    const { status, stderr } = await resolve([
      `registry=${registry.url}/`,
      `proxy=http://me:s3cr3t@${proxy.host}`,
      token,
    ]);
    expect([status, stderr]).toEqual([0, expect.not.stringMatching(/s3cr3t|t0ken/)]);
    expect(proxy.asked).toEqual([`GET ${registry.url}/left`]);
    expect(registry.requests.map(({ headers }) => headers.authorization)).toEqual(["Bearer t0ken"]);
    expect(registry.requests[0]?.headers["proxy-authorization"]).toBeUndefined();
  });

  it("npmrc_noproxy: directly where noproxy excludes the host, whatever the environment says", async () => {
    const registry = await startRegistryServer();
    registry.serve("/left", packument);
    const proxy = await startProxy();
    const lines = [`registry=${registry.url}/`, "noproxy=elsewhere.example,127.0.0.1"];
    expect(await resolve(lines, { HTTP_PROXY: `http://${proxy.host}` })).toMatchObject({ status: 0 });
    expect(await resolve([...lines, `https-proxy=http://${proxy.host}`])).toMatchObject({ status: 0 });
    expect(proxy.asked).toEqual([]);
    expect(registry.asked).toEqual(["/left", "/left"]);
  });

  it("npmrc_proxy_null: directly where proxy says null", async () => {
    const registry = await startRegistryServer();
    registry.serve("/left", packument);
    expect(await resolve([`registry=${registry.url}/`, "proxy=null", "https-proxy=false"])).toMatchObject({
      status: 0,
    });
  });

  it.runIf(hasOpenssl())("npmrc_cafile: over TLS by the authorities of cafile or ca alone", async () => {
    const registry = await startSecureServer(new Map([["/left", packument]]));
    const line = `registry=${registry.url}/`;
    const refused = await resolve([line, "fetch-retries=0"]);
    expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining("certificate")]);
    expect(await resolve([line, `cafile=${registry.certificateFile}`])).toMatchObject({ status: 0 });
    expect(await resolve([line, `ca=${JSON.stringify(registry.certificate)}`])).toMatchObject({ status: 0 });
    const { certificate: other } = await startSecureServer(new Map());
    // What the project says wins over what the machine says, in whichever of the two ways.
    const machine = { npm_config_globalconfig: join(temporaryDirectory(), "npmrc") };
    writeFileSync(machine.npm_config_globalconfig, `cafile=${registry.certificateFile}\n`);
    expect(await resolve([line, `ca=${JSON.stringify(other)}`], machine)).toMatchObject({ status: 2 });
    expect(await resolve([line], machine)).toMatchObject({ status: 0 });
    const both = [`ca[]=${JSON.stringify(other)}`, `ca[]=${JSON.stringify(registry.certificate)}`];
    expect(await resolve([line, ...both])).toMatchObject({ status: 0 });
    expect(await resolve([line, ...both.slice(0, 1)])).toMatchObject({ status: 2 });
    expect(registry.requests).toHaveLength(4);
  });

  it.runIf(hasOpenssl())("npmrc_tunnel: through a tunnel, in which alone the token travels", async () => {
    const registry = await startSecureServer(new Map([["/left", packument]]));
    const proxy = await startProxy("me:s3cr3t");
    const { host } = new URL(registry.url);
    const result = await resolve([
      `registry=${registry.url}/`,
      `cafile=${registry.certificateFile}`,
      `https-proxy=http://me:s3cr3t@${proxy.host}`,
      `//${host}/:_authToken=t0ken`,
    ]);
    expect(result).toMatchObject({ status: 0 });
    expect(proxy.asked).toEqual([`CONNECT ${host}`]);
    expect(registry.requests.map(({ authorization }) => authorization)).toEqual(["Bearer t0ken"]);
    expect(registry.requests[0]).not.toHaveProperty("proxy-authorization");
  });

  it("npmrc_missing_cafile: a cafile that is not there is a warning, as npm does without it", async () => {
    const registry = await startRegistryServer();
    registry.serve("/left", packument);
    const { status, stderr } = await resolve([`registry=${registry.url}/`, "cafile=nowhere.pem"]);
    expect([status, stderr]).toEqual([0, expect.stringContaining("names nowhere.pem as cafile, which can't be read")]);
  });
});
