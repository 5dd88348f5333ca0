/**
 * What a command costs over the start of Node: `npm run bench:cli -- [--rounds N] [--enki FILE] [--against FILE]`.
 * The example service and each of its parts are resolved once, over recorded registries; then every command is run in turn
 * with an empty Node program. `--enki` measures another build, `--against` a second one beside it.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

import { parseTomlDocument } from "../../src/formats/toml.ts";
import { copyIslandPart } from "../../test/cli/island.ts";
import { writeRegistry, type Packages } from "../../scripts/registry-layouts.mjs";

const root = join(import.meta.dirname, "..", "..");
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "15" },
    enki: { type: "string", default: join(root, "dist", "bin", "enki.js") },
    against: { type: "string" },
  },
});
const rounds = Number(values.rounds);
const builds = [values.enki, ...(values.against === undefined ? [] : [values.against])].map((file) => resolve(file));

const parts: readonly (readonly [ecosystem: string, part: string, manifest: string])[] = [
  ["npm", "web", "package.json"],
  ["pypi", "bot", "pyproject.toml"],
  ["cargo", "search", "Cargo.toml"],
  ["opam", "dns", "dns.opam"],
];

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Milliseconds that a program takes. Compiled code is kept in the scratch directory. */
function run(scratch: string, directory: string, arguments_: readonly string[]): number {
  const startedMs = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [...arguments_], {
    cwd: directory,
    env: { ...process.env, ENKI_CACHE_DIR: join(scratch, "cache") },
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`node ${arguments_.join(" ")} ended with ${String(status)}: ${stderr}`);
  return performance.now() - startedMs;
}

function writeRegistries(to: string): void {
  const facts = join(root, "fixtures", "registries");
  for (const ecosystem of readdirSync(facts)) {
    for (const file of readdirSync(join(facts, ecosystem))) {
      const { document } = parseTomlDocument(file, readFileSync(join(facts, ecosystem, file), "utf8"));
      if (document === undefined) throw new Error(`${file} is not readable`);
      writeRegistry(join(to, ecosystem), ecosystem, document.value as Packages);
    }
  }
}

/** A service with one part of the example, or all of it. */
function writeService(directory: string, registries: string, chosen: typeof parts): void {
  mkdirSync(directory, { recursive: true });
  for (const [, part] of chosen) copyIslandPart(part, join(directory, part));
  const manifests = chosen.map(([, part, manifest]) => `"${part}/${manifest}"`).join(", ");
  const locations = parts.map(([ecosystem]) => `${ecosystem} = "${join(registries, ecosystem)}"`).join("\n");
  writeFileSync(
    join(directory, "enki.toml"),
    `[service]\nmanifests = [${manifests}]\n[targets]\nsystems = ["x86_64-linux"]\n[nixpkgs]\nrelease = "nixos-25.05"\n[registries]\n${locations}\n`,
  );
}

const scratch = mkdtempSync(join(tmpdir(), "enki-bench-cli-"));
try {
  for (const build of builds)
    if (!existsSync(build)) throw new Error(`there is no ${build}: run \`npm run build\` first`);
  const registries = join(scratch, "registries");
  writeRegistries(registries);
  // Everything is on disk. `again` finds that nothing has changed; `resolve` solves over the lock that is there.
  const resolving = ["resolve", "--refresh"];
  const again = ["resolve"];
  const nameOf = (command: readonly string[]): string => (command === again ? "again" : (command[0] ?? ""));
  const cases: { readonly name: string; readonly directory: string; readonly arguments_: readonly string[] }[] = [
    { name: "--version", directory: scratch, arguments_: ["--version"] },
    { name: "--help", directory: scratch, arguments_: ["--help"] },
  ];
  const service = join(scratch, "service");
  writeService(service, registries, parts);
  for (const command of [["tree"], ["check"], resolving, again]) {
    cases.push({ name: `${nameOf(command)} (all)`, directory: service, arguments_: command });
  }
  for (const one of parts) {
    const directory = join(scratch, one[0]);
    writeService(directory, registries, [one]);
    for (const command of [["check"], resolving, again]) {
      cases.push({ name: `${nameOf(command)} (${one[0]})`, directory, arguments_: command });
    }
  }
  const [first] = builds;
  for (const directory of new Set(cases.map((one) => one.directory)).keys()) {
    if (directory !== scratch && first !== undefined) run(scratch, directory, [first, ...resolving]);
  }
  print(`smallest of ${String(rounds)} runs; ratios to an empty Node program, milliseconds over it`);
  for (const { name, directory, arguments_ } of cases) {
    const commands = [["-e", "0"], ...builds.map((build) => [build, ...arguments_])];
    const best = commands.map(() => Number.POSITIVE_INFINITY);
    // The first round stores compiled code, and does not count.
    for (let round = 0; round <= rounds; round++) {
      for (const [position, command] of commands.entries()) {
        const ms = run(scratch, directory, command);
        if (round > 0) best[position] = Math.min(best[position] ?? ms, ms);
      }
    }
    const [empty = 1, ...own] = best;
    const columns = own.map((ms) => `${(ms / empty).toFixed(2).padStart(7)} ${(ms - empty).toFixed(0).padStart(6)} ms`);
    print(`${name.padEnd(18)}${columns.join("")}`);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
