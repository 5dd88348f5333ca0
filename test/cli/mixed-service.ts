import { cpSync } from "node:fs";
import { expect } from "vitest";
import { materialiseScenario, parseScenario } from "../helpers/scenario.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import type { CommandResult } from "./built-cli.ts";
import { enki } from "./built-cli.ts";

/** A service of four languages over small made-up registries, with edges between ecosystems. */
const text = `
description = "four languages"
[files]
"enki.toml" = '''
[service]
name = "island"
manifests = ["web/package.json", "bot/pyproject.toml", "search/Cargo.toml", "dns/island.opam"]

[targets]
systems = ["x86_64-linux"]

[nixpkgs]
release = "nixos-25.05"
'''
"web/package.json" = '''
{
  "name": "web",
  "version": "1.0.0",
  "dependencies": {
    "kit": "^1.0.0"
  }
}
'''
"bot/pyproject.toml" = '''
[project]
name = "bot"
version = "0.1.0"
requires-python = ">=3.12"
dependencies = ["crypto>=2"]
'''
"search/Cargo.toml" = '''
[package]
name = "search"
version = "0.1.0"
edition = "2021"

[dependencies]
tls = "1"
'''
"dns/island.opam" = '''
opam-version: "2.0"
depends: ["zed" {>= "1.0"}]
'''
[registry.npm.kit."1.0.0"]
dependencies = { tiny = "^2.0.0" }
license = "MIT"
engines = { node = ">=20" }
[registry.npm.kit."1.1.0"]
dependencies = { tiny = "^2.1.0" }
license = "MIT"
engines = { node = ">=20" }
[registry.npm.tiny."2.0.0"]
license = "ISC"
[registry.npm.tiny."2.1.0"]
license = "ISC"
[registry.npm.tiny."3.0.0"]
[registry.pypi.crypto."2.0"]
requires = ["six>=1"]
python = ">=3.9"
[registry.pypi.six."1.16"]
[registry.cargo.tls."1.2.3"]
deps = [{ name = "openssl-sys", req = "^0.9" }]
[registry.cargo.openssl-sys."0.9.1"]
links = "openssl"
[registry.opam.zed."1.5"]
depends = '["conf-gmp" "base"]'
license = '"MIT"'
[registry.opam.base."0.1"]
[registry.opam.conf-gmp."4"]
depexts = '[["gmp"] {os-distribution = "nixos"} ["libgmp-dev"] {os-family = "debian"}]'
url = { src = "" }
[expected]
outcome = "resolved"
`;

/** A project on disk and how to run Enki in it. */
export interface Project {
  readonly directory: string;
  /** Runs a command over the project's registries, without network. */
  run(...arguments_: readonly string[]): Promise<CommandResult>;
  /** The same with further environment variables. */
  runWith(extra: Readonly<Record<string, string>>, ...arguments_: readonly string[]): Promise<CommandResult>;
}

/** Puts a service on disk; it goes away with the test. */
export function mixedService(change: (scenario: string) => string = (scenario) => scenario): Project {
  const directory = temporaryDirectory();
  const { projectDirectory, registries } = materialiseScenario(parseScenario("cli/mixed", change(text)), directory);
  const environment: Record<string, string> = { ENKI_OFFLINE: "1" };
  for (const [ecosystem, path] of registries) {
    // Inside of the project, so that paths in messages are the same on every machine.
    cpSync(path, `${projectDirectory}/.registries/${ecosystem}`, { recursive: true });
    environment[`ENKI_REGISTRY_${ecosystem.toUpperCase()}`] = `.registries/${ecosystem}`;
  }
  const runWith: Project["runWith"] = (extra, ...arguments_) =>
    enki(arguments_, { directory: projectDirectory, environment: { ...environment, ...extra } });
  return { directory: projectDirectory, runWith, run: (...arguments_) => runWith({}, ...arguments_) };
}

/** The mixed service with other requirements, each of which replaces one that is there, and further releases. */
export function changedService(changes: readonly (readonly [from: string, to: string])[], registry: string): Project {
  return mixedService((scenario) => {
    const changed = changes.reduce((before, [from, to]) => {
      expect(before).toContain(from);
      return before.replace(from, to);
    }, scenario);
    return changed.replace("[expected]", `${registry}\n[expected]`);
  });
}
