// Compiles src/ to dist/ from scratch, copies the data files that the compiler leaves behind, and makes the command executable.
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = `${root}dist`;
rmSync(dist, { recursive: true, force: true });
execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, "-p", `${root}tsconfig.json`], {
  stdio: "inherit",
});

/** Folders of constant data that ship beside the compiled code; the TypeScript compiler copies no such file. */
const dataFolders = ["ecosystems/nix/data", "nix-emit/lib"];
for (const folder of dataFolders) {
  if (existsSync(`${root}src/${folder}`)) cpSync(`${root}src/${folder}`, `${dist}/${folder}`, { recursive: true });
}
if (existsSync(`${dist}/cli/main.js`)) chmodSync(`${dist}/cli/main.js`, 0o755);
