import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";

import { deadRegistry, hasNpm, runNpm } from "../ecosystems/npm/real-npm.ts";
import { startProxy } from "../helpers/forward-proxy.ts";
import { hasOpenssl, startSecureServer } from "../helpers/secure-server.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { type CommandResult, enki, ensureBuilt } from "./built-cli.ts";

beforeAll(() => ensureBuilt());

const packument = JSON.stringify({
  name: "left",
  "dist-tags": { latest: "1.0.0" },
  versions: { "1.0.0": { name: "left", version: "1.0.0", dist: { tarball: "http://127.0.0.1:9/left-1.0.0.tgz" } } },
});
const texts = new Map(["/left", "/deep/left"].map((path) => [path, packument]));

function projectWith(npmrc: readonly string[]): string {
  const project = join(temporaryDirectory(), "project");
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), '{"name": "x", "version": "1.0.0", "dependencies": {"left": "*"}}');
  writeFileSync(join(project, ".npmrc"), npmrc.join("\n"));
  return project;
}

/** Resolves a project under a configuration of npm's. */
function ours(npmrc: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
  const directory = projectWith(npmrc);
  // The configuration of this machine is none of the test's business.
  const noOther = { npm_config_globalconfig: join(directory, "nowhere") };
  return enki(["resolve", "--verbose"], { directory, environment: { ...noOther, ...environment } });
}

/** Whether the real npm resolves it; `undefined` where there is none. */
async function theirs(npmrc: readonly string[]): Promise<boolean | undefined> {
  if (!hasNpm()) return undefined;
  const { status } = await runNpm(projectWith(npmrc), deadRegistry, ["install", "--package-lock-only"]);
  return status === 0;
}

async function expectBoth(npmrc: readonly string[], isResolved: boolean): Promise<CommandResult> {
  const result = await ours(npmrc);
  expect([result.status, result.stderr]).toEqual([isResolved ? 0 : 2, expect.anything()]);
  expect(await theirs(npmrc)).toBeOneOf([isResolved, undefined]);
  return result;
}

const inline = (file: string): string => JSON.stringify(readFileSync(file, "utf8"));

describe.runIf(hasOpenssl())("certificates in .npmrc", { timeout: 120_000 }, () => {
  it("npmrc_strict_ssl: false asks servers that nobody answers for, and says so", async () => {
    const registry = await startSecureServer(texts);
    const line = `registry=${registry.url}/`;
    expect((await expectBoth([line, "strict-ssl=true"], false)).stderr).not.toContain("strict-ssl");
    const { stderr } = await expectBoth([line, "strict-ssl=false"], true);
    expect(stderr).toMatch(/warning.*strict-ssl=false: no certificate is checked/);
    // Only the one word means it.
    await expectBoth([line, "strict-ssl=0"], false);
    await expectBoth([line, "strict-ssl=null"], false);
    expect(await ours([line], { npm_config_strict_ssl: "false" })).toMatchObject({ status: 0 });
    expect(await ours([line, "strict-ssl=false"], { npm_config_strict_ssl: "true" })).toMatchObject({ status: 2 });
  });

  it("npmrc_certfile: shows the certificate of the nearest place, and none elsewhere", async () => {
    const registry = await startSecureServer(texts, { demandsCertificate: true });
    const { host } = new URL(registry.url);
    const { certfile, keyfile } = registry.certificateFor("outer");
    const inner = registry.certificateFor("inner");
    const lines = [`registry=${registry.url}/`, `cafile=${registry.certificateFile}`];
    const shown = [`//${host}/:certfile=${certfile}`, `//${host}/:keyfile=${keyfile}`];
    const nearer = `//${host}/deep:_authToken=t0ken`;
    // Refusals take time: the connection just breaks off, and is tried again.
    await Promise.all([
      expectBoth([...lines, ...shown], true),
      expectBoth(lines, false),
      expectBoth([...lines, ...shown.slice(0, 1)], false),
      expectBoth([...lines, ...shown.map((line) => line.replace(host, "127.0.0.1:9"))], false),
      // A nearer place hides it, even with a token alone.
      expectBoth([`registry=${registry.url}/deep/`, ...lines.slice(1), ...shown, nearer], false),
    ]);
    expect(new Set(registry.callers)).toEqual(new Set(["outer"]));
    const deep = [`//${host}/deep/:certfile=${inner.certfile}`, `//${host}/deep/:keyfile=${inner.keyfile}`];
    await expectBoth([`registry=${registry.url}/deep/`, ...lines.slice(1), ...shown, ...deep], true);
    expect(registry.callers.at(-1)).toBe("inner");
    // It may accompany a token.
    const token = `//${host}/:_authToken=t0ken`;
    expect(await expectBoth([...lines, ...shown, token], true)).toMatchObject({
      stderr: expect.not.stringMatching("t0ken"),
    });
    expect(registry.requests.at(-1)?.authorization).toBe("Bearer t0ken");
  });

  it("npmrc_cert: shows cert and key, with line ends written as \\n or in a JSON string, to every registry", async () => {
    const registry = await startSecureServer(texts, { demandsCertificate: true });
    const { certfile, keyfile } = registry.certificateFor("anyone");
    const lines = [`registry=${registry.url}/`, `cafile=${registry.certificateFile}`];
    await expectBoth([...lines, `cert=${inline(certfile)}`, `key=${inline(keyfile)}`], true);
    const bare = (file: string): string => inline(file).slice(1, -1);
    expect(await ours([...lines, `cert=${bare(certfile)}`, `key=${bare(keyfile)}`])).toMatchObject({ status: 0 });
    await expectBoth([...lines, `cert=${inline(certfile)}`], false);
    expect(new Set(registry.callers)).toEqual(new Set(["anyone"]));
  });

  it("npmrc_certfile_trouble: files that are missing or don't belong together are named", async () => {
    const registry = await startSecureServer(texts, { demandsCertificate: true });
    const { host } = new URL(registry.url);
    const { certfile } = registry.certificateFor("one");
    const { keyfile } = registry.certificateFor("two");
    const lines = [`registry=${registry.url}/`, `cafile=${registry.certificateFile}`];
    const mixed = await expectBoth(
      [...lines, `//${host}/:certfile=${certfile}`, `//${host}/:keyfile=${keyfile}`],
      false,
    );
    expect(mixed.stderr).toContain(`the client certificate for //${host}/ can't be used`);
    const gone = await ours([...lines, `//${host}/:certfile=gone.pem`, `//${host}/:keyfile=${keyfile}`]);
    expect([gone.status, gone.stderr]).toEqual([2, expect.stringContaining("names gone.pem as certfile")]);
  });

  it("npmrc_certfile_tunnel: is shown at the end of a tunnel", async () => {
    const registry = await startSecureServer(texts, { demandsCertificate: true });
    const proxy = await startProxy();
    const { host } = new URL(registry.url);
    const { certfile, keyfile } = registry.certificateFor("me");
    const lines = [`registry=${registry.url}/`, "strict-ssl=false", `https-proxy=http://${proxy.host}`];
    const shown = [`//${host}/:certfile=${certfile}`, `//${host}/:keyfile=${keyfile}`];
    await expectBoth([...lines, ...shown], true);
    expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT ${host}`]));
    expect(new Set(registry.callers)).toEqual(new Set(["me"]));
  });

  it("npmrc_certfile_redirect: another host is not shown the certificate", async () => {
    const other = await startSecureServer(texts);
    const registry = await startSecureServer(texts, {
      demandsCertificate: true,
      redirects: new Map([["/left", `${other.url}/left`]]),
    });
    const { host } = new URL(registry.url);
    const { certfile, keyfile } = registry.certificateFor("me");
    const result = await ours([
      `registry=${registry.url}/`,
      `ca[]=${JSON.stringify(registry.certificate)}`,
      `ca[]=${JSON.stringify(other.certificate)}`,
      `//${host}/:certfile=${certfile}`,
      `//${host}/:keyfile=${keyfile}`,
    ]);
    expect(result).toMatchObject({ status: 0 });
    expect([registry.callers, other.callers]).toEqual([["me"], [""]]);
  });
});
