import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { nixIsMissing } from "../helpers/nix-instantiate.ts";
import { buildProject, greetingChecksum, host } from "./built-project.ts";
import { tarball } from "./mixed-service.ts";

function crate(name: string, manifest: string, files: Readonly<Record<string, string>>): ReturnType<typeof tarball> {
  const package_ = `[package]\nname = "${name}"\nversion = "1.0.0"\nedition = "2021"\n`;
  return tarball("crate", `https://crates.example/${name}-1.0.0.crate`, `${name}-1.0.0`, {
    "Cargo.toml": `${package_}\n${manifest}`,
    ...files,
  });
}

/** A program with everything that its lock leaves out: an unused feature, and what only tests need. */
const greet = crate(
  "greet",
  `
[[bin]]
name = "greet"
path = "src/main.rs"

[[bin]]
name = "shout"
path = "src/shout.rs"
required-features = ["loud"]

[[test]]
name = "checks"
path = "tests/not-published.rs"

[features]
default = ["polite"]
polite = ["dep:welcome"]
loud = [
    "dep:megaphone",
    "welcome?/loud",
]

[dependencies.welcome]
version = "1"
optional = true
package = "greeting"

[target."cfg(unix)".dependencies.megaphone]
version = "3"
optional = true

[dev-dependencies.checker]
version = "9"

[profile.release]
debug = 0
`,
  {
    "src/main.rs": `fn main() { println!("{}{}", welcome::greeting(), if cfg!(feature = "polite") { ", please" } else { "" }) }`,
    "src/shout.rs": "fn main() { megaphone::shout() }",
    // What the author had is not what was resolved.
    "Cargo.lock": 'version = 4\n\n[[package]]\nname = "greet"\nversion = "1.0.0"\ndependencies = ["megaphone"]\n',
  },
);
const shelf = crate("shelf", "", { "src/lib.rs": "" });

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

const scenario = `
[files]
"enki.toml" = '''
[nixpkgs]
release = "nixos-25.05"
[dependencies.cargo]
greet = "1"
shelf = "1"
'''
[registry.cargo.greet."1.0.0"]
cksum = "${sha256(greet.bytes)}"
features = { default = ["polite"], polite = ["dep:welcome"], loud = ["dep:megaphone", "welcome?/loud"] }
deps = [
  { name = "welcome", package = "greeting", req = "^1", optional = true },
  { name = "megaphone", req = "^3", optional = true, target = "cfg(unix)" },
  { name = "checker", req = "^9", kind = "dev" },
]
[registry.cargo.shelf."1.0.0"]
cksum = "${sha256(shelf.bytes)}"
[registry.cargo.greeting."1.2.0"]
cksum = "${greetingChecksum}"
[expected]
outcome = "resolved"
`;

describe.skipIf(nixIsMissing || host.missing.length > 0)("crates that enki.toml asks for", () => {
  it(
    "are built for their programs, with what was locked and nothing else; a library has none",
    { timeout: 120_000 },
    async () => {
      const built = await buildProject(scenario, {}, [greet.bytes, shelf.bytes], "cargo");
      expect(readdirSync(join(built, "bin"))).toEqual(["greet"]);
      expect(execFileSync(join(built, "bin/greet"), { encoding: "utf8" })).toBe(
        "hello from a crate in a wheel, please\n",
      );
    },
  );
});
