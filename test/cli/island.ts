import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The example service of `npm run demo`. */
const island = join(import.meta.dirname, "..", "..", "examples", "island");

/** Copies one part of the example, with nothing outside of it: what it takes from another part's folder goes. */
export function copyIslandPart(part: string, to: string): void {
  cpSync(join(island, part), to, { recursive: true });
  if (part !== "bot") return;
  const file = join(to, "pyproject.toml");
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replaceAll(/^.*(?:island-filter|tool\.uv\.sources|its crates are part).*\n/gm, ""));
}
