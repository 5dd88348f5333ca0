import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { nixIsMissing } from "../helpers/nix-instantiate.ts";
import { buildProject, greetingChecksum as checksum, host } from "./built-project.ts";
import { tarball } from "./mixed-service.ts";

/** A backend that has cargo build a program, without network, and packs it as a script. */
const rustBackend = `
import os, subprocess, zipfile
def build_wheel(directory, config_settings=None, metadata_directory=None):
    subprocess.run(["cargo", "build", "--release", "--locked", "--manifest-path", "rust/Cargo.toml"], check=True)
    name = "fast-1.0-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(directory, name), "w") as archive:
        for path, body in (("fast-1.0.data/scripts/fast", open("rust/target/release/fast", "rb").read()), ("fast-1.0.dist-info/METADATA", b"Name: fast\\n")):
            info = zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0))
            info.external_attr = 0o755 << 16
            archive.writestr(info, body)
    return name
`;

const emptyBackend = `
import os, zipfile
def build_wheel(directory, config_settings=None, metadata_directory=None):
    name = "setuptools_rust-1.10-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(directory, name), "w") as archive:
        archive.writestr(zipfile.ZipInfo("setuptools_rust-1.10.dist-info/METADATA", (1980, 1, 1, 0, 0, 0)), "Name: setuptools-rust\\n")
    return name
`;

function metadata(name: string, version: string): string {
  return `"PKG-INFO" = """\nMetadata-Version: 2.2\nName: ${name}\nVersion: ${version}\n"""`;
}

const scenario = `
[files]
"enki.toml" = '''
[nixpkgs]
release = "nixos-25.05"
'''
"bot/requirements.txt" = "fast"
[registry.pypi.fast."1.0".sdist]
${metadata("fast", "1.0")}
"pyproject.toml" = '''
[build-system]
requires = ["setuptools-rust"]
build-backend = "backend"
backend-path = ["."]
'''
"backend.py" = '''${rustBackend}'''
"rust/Cargo.toml" = '''
[package]
name = "fast"
version = "1.0.0"
edition = "2021"
[dependencies]
greeting = "1"
'''
"rust/Cargo.lock" = '''
version = 4

[[package]]
name = "fast"
version = "1.0.0"
dependencies = [
 "greeting",
]

[[package]]
name = "greeting"
version = "1.2.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "${checksum}"
'''
"rust/src/main.rs" = 'fn main() { println!("{}", greeting::greeting()); }'
[registry.pypi.setuptools-rust."1.10".sdist]
${metadata("setuptools-rust", "1.10")}
"pyproject.toml" = '''
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
'''
"backend.py" = '''${emptyBackend}'''
[registry.cargo.greeting."1.2.0"]
cksum = "${checksum}"
[registry.cargo.greeting."1.3.0"]
[expected]
outcome = "resolved"
`;

const rustSources = {
  "Cargo.toml": '[package]\nname = "fast"\nversion = "1.0.0"\nedition = "2021"\n[dependencies]\ngreeting = "1"\n',
  "Cargo.lock": `version = 4

[[package]]
name = "fast"
version = "1.0.0"
dependencies = [
 "greeting",
]

[[package]]
name = "greeting"
version = "1.2.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "${checksum}"
`,
  "src/main.rs": 'fn main() { println!("{}", greeting::greeting()); }\n',
};

describe.skipIf(nixIsMissing || host.missing.length > 0)("crates inside of other packages", () => {
  it(
    "are built into a wheel in the sandbox, from the lock of the source distribution",
    { timeout: 120_000 },
    async () => {
      const bot = await buildProject(scenario, { "bot/requirements.txt": "fast\n" }, [], "bot");
      expect(execFileSync(join(bot, "bin/fast"), { encoding: "utf8" })).toBe("hello from a crate in a wheel\n");
    },
  );

  it("are there when the build of an opam package runs cargo", { timeout: 120_000 }, async () => {
    const sources = tarball("source", "https://opam.example/fast-0.tar.gz", "fast-1.0", rustSources);
    const sha256 = createHash("sha256").update(sources.bytes).digest("hex");
    const opamScenario = `
[files]
"enki.toml" = '''
[nixpkgs]
release = "nixos-25.05"
[opam]
compiler = "none"
'''
"dns/dns.opam" = '''
opam-version: "2.0"
name: "dns"
version: "1.0"
depends: ["fast"]
build: ["cp" "%{fast:bin}%/fast" "dns"]
install: ["cp" "dns" "%{bin}%/dns"]
'''
[registry.opam.fast."1.0"]
build = '["cargo" "build" "--release" "--locked"]'
install = '["cp" "target/release/fast" "%{bin}%/fast"]'
url = { src = "https://opam.example/fast-0.tar.gz", checksum = "sha256=${sha256}" }
[registry.cargo.greeting."1.2.0"]
cksum = "${checksum}"
[registry.cargo.greeting."1.3.0"]
[expected]
outcome = "resolved"
`;
    const dns = await buildProject(opamScenario, { "dns/dns.opam": 'opam-version: "2.0"\n' }, [sources.bytes], "dns");
    expect(execFileSync(join(dns, "bin/dns"), { encoding: "utf8" })).toBe("hello from a crate in a wheel\n");
  });
});
