// The demo: writes the recorded facts of fixtures/registries as registries in their native layouts, and resolves the
// example service over them with the built command, without network and without cache: locks, a tree, and Nix.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { parseTomlDocument } from "../../dist/formats/toml.js";
import { writeRegistry } from "../../scripts/registry-layouts.mjs";

const island = fileURLToPath(new URL(".", import.meta.url));
const facts = fileURLToPath(new URL("../../fixtures/registries/", import.meta.url));
const enki = fileURLToPath(new URL("../../dist/bin/enki.js", import.meta.url));

for (const ecosystem of readdirSync(facts)) {
  rmSync(join(island, "registries", ecosystem), { recursive: true, force: true });
  for (const file of readdirSync(join(facts, ecosystem))) {
    const { document, diagnostics } = parseTomlDocument(file, readFileSync(join(facts, ecosystem, file), "utf8"));
    if (document === undefined) throw new Error(`${file}: ${diagnostics[0]?.message}`);
    writeRegistry(join(island, "registries", ecosystem), ecosystem, document.value);
  }
}

// What an earlier run wrote goes first: the demo shows a service that has no lock yet.
const outputs = [
  "enki.lock",
  "enki.opam-switch",
  "bot/pylock.toml",
  "bot/requirements.txt",
  "dns/dns.opam.locked",
  "search/Cargo.lock",
  "web/package-lock.json",
  "nix",
];
for (const output of outputs) rmSync(join(island, output), { recursive: true, force: true });

const commands = [
  ["resolve", "--offline", "--no-cache"],
  ["tree", "--depth", "2"],
  ["why", "nix:openssl"],
  ["why", "nix:gmp"],
  ["check"],
  ["nix"],
];
for (const command of commands) {
  console.log(`\n$ enki ${command.join(" ")}`);
  const { status } = spawnSync(process.execPath, [enki, ...command], { cwd: island, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
