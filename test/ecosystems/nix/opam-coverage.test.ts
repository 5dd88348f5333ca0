import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { namesWithoutPackage, resolveName } from "../../../src/ecosystems/nix/foreign-name.ts";
import { EnkiError } from "../../../src/model/enki-error.ts";

const archive = fileURLToPath(new URL("../../../../shared/data/opam/opam-repository.tar.xz", import.meta.url));
const isMissing = !existsSync(archive);
if (isMissing) process.stderr.write(`skipping the coverage of opam's conf packages: ${archive} is missing\n`);

/** The names that one opam file wants on NixOS: its nixos rows, else its Debian rows, in the namespace of each. */
function wantedNames(opamFile: string): readonly string[] {
  const block = /^depexts:\s*\[([\s\S]*?)^\]/m.exec(opamFile)?.[1] ?? /^depexts:\s*(\[.*)$/m.exec(opamFile)?.[1] ?? "";
  const rows = [...block.matchAll(/\[([^[\]]*)\]\s*(?:\{([^}]*)\})?/g)].map(([, names = "", filter = ""]) => ({
    names: [...names.matchAll(/"([^"]+)"/g)].map(([, name = ""]) => name),
    filter,
  }));
  const forNixos = rows.filter(({ filter }) => filter.includes('"nixos"'));
  if (forNixos.length > 0) return forNixos.flatMap(({ names }) => names.map((name) => `attr:${name}`));
  const forDebian = rows.filter(({ filter }) => /"(?:debian|ubuntu)"/.test(filter));
  return forDebian.flatMap(({ names }) => names.map((name) => `debian:${name}`));
}

describe.skipIf(isMissing)("system packages of the opam repository", () => {
  it("every conf-* package is mapped, or the error names it among those without a package", () => {
    const files = execFileSync("tar", ["-xOJf", archive, "--wildcards", "packages/conf-*/*/opam"], {
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
    }).split(/^(?=opam-version:)/m);
    expect(files.length).toBeGreaterThan(400);
    const names = new Set(files.flatMap(wantedNames));
    const unpackaged = new Set(namesWithoutPackage("debian").map((name) => `debian:${name}`));
    const context = { system: "x86_64-linux", features: [], userNames: new Map(), why: "depexts" };
    const unmapped: string[] = [];
    let mapped = 0;
    for (const name of names) {
      try {
        resolveName(name, context);
        mapped += 1;
      } catch (error) {
        if (!(error instanceof EnkiError) || !unpackaged.has(name)) unmapped.push(name);
      }
    }
    expect(unmapped).toEqual([]);
    expect(names.size).toBeGreaterThan(250);
    // The figure in docs/nix.md: 92 % of the names have a package, the others are listed with a reason.
    expect(mapped / names.size).toBeGreaterThan(0.9);
  });
});
