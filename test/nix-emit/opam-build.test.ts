import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { nixIsMissing } from "../helpers/nix-instantiate.ts";
import { buildProject, host } from "./built-project.ts";
import { tarball } from "./mixed-service.ts";

const hasDune = spawnSync("dune", ["--version"]).status === 0;
if (!hasDune) process.stderr.write("skipping opam packages that dune builds: dune is missing (Debian: ocaml-dune)\n");

/** A library with a C stub; a patch from elsewhere says what its own source does not. */
const library = tarball("source", "https://opam.example/words-0.tar.gz", "words-1.0", {
  "dune-project": "(lang dune 2.0)\n(name words)\n",
  "words.opam": 'opam-version: "2.0"\n',
  "src/dune": "(library (public_name words) (foreign_stubs (language c) (names stubs)))\n",
  "src/words.ml.in":
    'external answer : unit -> int = "words_answer"\nlet version = "%{version}%"\nlet words = "unpatched"\n',
  "src/stubs.c": "#include <caml/mlvalues.h>\nvalue words_answer(value unit) { return Val_int(42); }\n",
});
const patch = Buffer.from(`--- a/src/words.ml.in
+++ b/src/words.ml.in
@@ -1,3 +1,3 @@
 external answer : unit -> int = "words_answer"
 let version = "%{version}%"
-let words = "unpatched"
+let words = "patched"
`);

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

const dune = '["dune" "build" "-p" name "-j" jobs "@install" "@runtest" {with-test}]';
const scenario = `
[files]
"enki.toml" = '''
[nixpkgs]
release = "nix/nixos-25.05.json"
[nixpkgs.names]
"debian:ocaml-dune" = "dune_3"
[opam]
compiler = "none"
'''
"nix/nixos-25.05.json" = '{"version":2,"packages":{"ocaml":{"version":"5.3.0"},"dune_3":{"version":"3.17.2"}}}'
"dns/dns.opam" = '''
opam-version: "2.0"
name: "dns"
version: "1.0"
depends: ["words" {>= "1"}]
build: ${dune}
'''
[registry.opam.words."1.0"]
depends = '["dune" {>= "2.0"}]'
substs = '["src/words.ml"]'
patches = '''
["fix.patch"]
extra-source "fix.patch" { src: "https://opam.example/fix-1.tar.gz" checksum: "sha256=${sha256(patch)}" }'''
build = '${dune}'
url = { src = "https://opam.example/words-0.tar.gz", checksum = "sha256=${sha256(library.bytes)}" }
[registry.opam.dune."3.17"]
url = { src = "" }
flags = "conf"
depexts = '[["ocaml-dune"] {os-family = "debian"}]'
[expected]
outcome = "resolved"
`;

describe.skipIf(nixIsMissing || host.missing.length > 0 || !hasDune)("opam packages that dune builds", () => {
  it("are patched, filled in, installed and found by the next one, in the sandbox", { timeout: 120_000 }, async () => {
    const dns = await buildProject(
      scenario,
      {
        "dns/dns.opam": 'opam-version: "2.0"\n',
        "dns/dune-project": "(lang dune 2.0)\n(name dns)\n",
        "dns/bin/dune": "(executable (public_name dns) (package dns) (libraries words))\n",
        "dns/bin/dns.ml": 'let () = Printf.printf "%s words %s: %d\\n" Words.words Words.version (Words.answer ())\n',
      },
      [library.bytes, patch],
      "dns",
    );
    expect(execFileSync(join(dns, "bin/dns"), { encoding: "utf8" })).toBe("patched words 1.0: 42\n");
    expect(existsSync(join(dns, "lib/dns/META"))).toBe(true);
  });
});
