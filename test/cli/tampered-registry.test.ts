import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";

import { writeRegistry } from "../../scripts/registry-layouts.mjs";
import { readRecordedFacts } from "../helpers/scenario.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { enki, ensureBuilt } from "./built-cli.ts";
import { copyIslandPart } from "./island.ts";

beforeAll(() => ensureBuilt());

/** Another digest of the same length. */
const otherDigest = (digest: string) => (digest.startsWith("f") ? `e${digest.slice(1)}` : `f${digest.slice(1)}`);

/** How somebody could change the hash of a published file, in the registry of each ecosystem. */
const tamperings: readonly [string, string, string, (text: string) => string][] = [
  [
    "npm",
    "web",
    "npm/express.json",
    (text) => text.replaceAll(/(?<="sha512-)./gu, (first) => (first === "Z" ? "Y" : "Z")),
  ],
  [
    "pypi",
    "bot",
    "pypi/idna/index.json",
    (text) => text.replaceAll(/(?<="hashes": \{\s*"sha256": ")[0-9a-f]+/gu, otherDigest),
  ],
  ["cargo", "search", "cargo/re/ge/regex", (text) => text.replaceAll(/(?<="cksum":")[0-9a-f]+/gu, otherDigest)],
  [
    "opam",
    "dns",
    "opam/packages/zarith/zarith.1.14/opam",
    (text) => text.replaceAll(/(?<=sha(?:256|512)=)[0-9a-f]+/gu, otherDigest),
  ],
];

describe("a registry whose file changed after the lock was written", { timeout: 120_000 }, () => {
  it.each(tamperings)(
    "integrity_mismatch: %s stops with status 1 and shows both digests",
    async (ecosystem, part, file, tamper) => {
      const directory = temporaryDirectory();
      const project = join(directory, "project");
      mkdirSync(project);
      copyIslandPart(part, join(project, part));
      writeFileSync(join(project, "enki.toml"), '[service]\nname = "x"\n[nixpkgs]\nrelease = "nixos-25.05"\n');
      writeRegistry(join(directory, ecosystem), ecosystem, readRecordedFacts(ecosystem));
      const run = (...words: string[]) =>
        enki([...words, "--offline", "--registry", `${ecosystem}=${join(directory, ecosystem)}`], {
          directory: project,
        });
      expect((await run("resolve")).status).toBe(0);
      const lock = readFileSync(join(project, "enki.lock"), "utf8");
      const honest = readFileSync(join(directory, file), "utf8");
      expect(tamper(honest)).not.toBe(honest);
      writeFileSync(join(directory, file), tamper(honest));
      const { status, stderr } = await run("resolve");
      expect(stderr).toMatch(/locked {4}sha(?:256|512)-\S+\n\s+published sha(?:256|512)-\S+/u);
      expect(status).toBe(1);
      expect(readFileSync(join(project, "enki.lock"), "utf8")).toBe(lock);
      writeFileSync(join(directory, file), honest);
      expect((await run("resolve")).status).toBe(0);
      expect(readFileSync(join(project, "enki.lock"), "utf8")).toBe(lock);
    },
  );
});
