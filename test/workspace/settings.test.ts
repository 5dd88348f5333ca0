import { describe, expect, test } from "vitest";
import { EMPTY_CONFIGURATION } from "../../src/workspace/configuration.ts";
import type { Ecosystem } from "../../src/ecosystems/ecosystem.ts";
import type { Configuration } from "../../src/workspace/configuration.ts";
import { parseCutOff } from "../../src/workspace/cut-off.ts";
import type { SettingFlags, Settings } from "../../src/workspace/settings.ts";
import { booleanVariable, mergeSettings } from "../../src/workspace/settings.ts";
import { fakeEcosystems } from "./fake-ecosystems.ts";

const now = Date.UTC(2026, 4, 15, 12);

function merge(
  flags: SettingFlags,
  environment: Readonly<Record<string, string>> = {},
  configuration: Partial<Configuration> = {},
): Settings {
  return mergeSettings(flags, {
    configuration: { ...EMPTY_CONFIGURATION, ...configuration },
    environment,
    ecosystems: fakeEcosystems,
    directory: "/project",
    hostSystem: "x86_64-linux",
    nowMs: now,
  });
}

/** The settings that the order of precedence decides. */
function seen(settings: Settings): readonly unknown[] {
  return [
    settings.systems,
    settings.registries.get("npm"),
    settings.options.versions,
    settings.options.prerelease,
    settings.options.strictEngines,
    settings.maxSteps,
    settings.maxTimeMs,
    settings.serviceRequirements.map(({ range, why }) => [range, why]),
  ];
}

describe("flags win over variables, variables over enki.toml, enki.toml over defaults", () => {
  const configuration: Partial<Configuration> = {
    systems: ["x86_64-darwin"],
    registries: new Map([["npm", [{ kind: "http", url: "https://toml.example/" }]]]),
    resolution: { versions: "lowest", prerelease: "allow", strictEngines: true, maxSteps: 3, timeoutSeconds: 4 },
    tools: [{ ecosystem: "nix", name: "tool:python", range: ">=3.10", kind: "tool", why: "[tools] in enki.toml" }],
  };
  const environment = {
    ENKI_SYSTEM: "aarch64-linux,aarch64-darwin",
    ENKI_REGISTRY_NPM: "https://variable.example/",
    ENKI_RESOLUTION: "lowest-direct",
    ENKI_PRERELEASE: "disallow",
    ENKI_STRICT_ENGINES: "0",
    ENKI_MAX_STEPS: "5",
    ENKI_TIMEOUT: "6",
    ENKI_PYTHON: "3.11",
  };
  const flags: SettingFlags = {
    system: ["x86_64-linux"],
    registry: ["npm=https://flag.example/", "npm=vendor/npm"],
    resolution: "highest",
    prerelease: "explicit",
    strictEngines: true,
    maxSteps: "7",
    timeout: "8m",
    tools: new Map([["python", "3.12"]]),
  };
  test("flags", () => {
    const registries = [
      { kind: "http", url: "https://flag.example/" },
      { kind: "path", path: "/project/vendor/npm" },
    ];
    const expected = [["x86_64-linux"], registries, "highest", "explicit", true, 7, 480_000, [["3.12", "--python"]]];
    expect(seen(merge(flags, environment, configuration))).toEqual(expected);
  });

  test("variables", () => {
    const registries = [{ kind: "http", url: "https://variable.example/" }];
    const systems = ["aarch64-linux", "aarch64-darwin"];
    const tools = [["3.11", "ENKI_PYTHON"]];
    const expected = [systems, registries, "lowest-direct", "disallow", false, 5, 6000, tools];
    expect(seen(merge({}, environment, configuration))).toEqual(expected);
  });

  test("enki.toml", () => {
    const registries = [{ kind: "http", url: "https://toml.example/" }];
    const tools = [[">=3.10", "[tools] in enki.toml"]];
    const expected = [["x86_64-darwin"], registries, "lowest", "allow", true, 3, 4000, tools];
    expect(seen(merge({}, {}, configuration))).toEqual(expected);
  });

  test("defaults", () => {
    const none = undefined;
    expect(seen(merge({}))).toEqual([["x86_64-linux"], none, none, none, none, none, none, []]);
  });
});

describe("bad values", () => {
  test.each<[SettingFlags, string]>([
    [{ registry: ["npm"] }, '--registry needs ECOSYSTEM=URL or ECOSYSTEM=PATH, not "npm"'],
    [{ registry: ["nmp=x"] }, 'there is no ecosystem "nmp"'],
    [{ system: ["x86-linux"] }, 'there is no system "x86-linux"'],
    [{ resolution: "newest" }, 'there is no resolution "newest"'],
    [{ maxSteps: "0" }, "--max-steps must be a whole number above zero"],
    [{ maxSteps: "1e3" }, "--max-steps must be a whole number above zero"],
    [{ timeout: "soon" }, "--timeout must be seconds or a duration"],
    [{ timeout: "0" }, "--timeout must be seconds or a duration"],
    [{ excludeNewer: "2026-02-31" }, "is no date, moment or duration"],
    [{ excludeNewer: "yesterday" }, "is no date, moment or duration"],
  ])("%j", (flags, message) => {
    expect(() => merge(flags)).toThrow(message);
  });

  test("switches", () => {
    expect(["1", "TRUE", "on", "0", "no", ""].map((text) => booleanVariable({ X: text }, "X"))).toEqual([
      true,
      true,
      true,
      false,
      false,
      undefined,
    ]);
    expect(() => booleanVariable({ X: "maybe" }, "X")).toThrow('X must be 1 or 0, not "maybe"');
  });
});

test.each([
  ["2026-05-01", "2026-05-01T00:00:00Z"],
  ["2026-05-01T10:00:00+02:00", "2026-05-01T08:00:00Z"],
  ["2026-05-01 10:00Z", "2026-05-01T10:00:00Z"],
  ["2026-05-01T10:00:00", "2026-05-01T10:00:00Z"],
  ["30 days", "2026-04-15T12:00:00Z"],
  ["1 day ago", "2026-05-14T12:00:00Z"],
  ["2w", "2026-05-01T12:00:00Z"],
  ["P1D", "2026-05-14T12:00:00Z"],
  ["12h", "2026-05-15T00:00:00Z"],
])("cut-off %s is %s", (text, moment) => {
  expect(parseCutOff(text, now)).toBe(moment);
});

test("settings of one ecosystem: flag, variable, enki.toml", () => {
  const npm = { settings: [{ name: "peers", type: "string", values: ["strict", "npm", "legacy"], summary: "" }] };
  const peers = (flags: SettingFlags, environment: Record<string, string>): unknown =>
    mergeSettings(flags, {
      configuration: { ...EMPTY_CONFIGURATION, settings: new Map([["npm", new Map([["peers", "legacy"]])]]) },
      environment,
      ecosystems: new Map([["npm", npm as unknown as Ecosystem]]),
      directory: "/project",
      hostSystem: "x86_64-linux",
      nowMs: 0,
    })
      .settings.get("npm")
      ?.get("peers");
  expect(peers({}, {})).toBe("legacy");
  expect(peers({}, { ENKI_PEERS: "npm" })).toBe("npm");
  expect(peers({ peers: "strict" }, { ENKI_PEERS: "npm" })).toBe("strict");
  expect(() => peers({ peers: "loose" }, {})).toThrow('there is no peers "loose"');
});
