import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { networkVariables, type NpmProgram } from "../ecosystems/npm/real-npm.ts";

const npmRange = "12";
const nodeRange = "26";

/** An npm with what it calls itself. */
export interface NamedNpm extends NpmProgram {
  /** `npm 12.2.0 on Node 26.1.0`. */
  readonly label: string;
}

/**
 * The npm after the installed one, with a Node that it runs on, both from npm's registry into a temporary folder that later
 * runs use again; `undefined`, with the reason printed, where they are not to be had.
 */
export function newerNpm(): NamedNpm | undefined {
  const folder = join(tmpdir(), `enki-npm-${npmRange}-node-${nodeRange}`);
  const nodePackage = `node-${process.platform}-${process.arch}`;
  const command = join(folder, "node_modules", nodePackage, "bin", "node");
  const program = join(folder, "node_modules", "npm", "bin", "npm-cli.js");
  const known = named(command, program);
  if (known !== undefined) return known;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  const wanted = [`npm@${npmRange}`, `${nodePackage}@${nodeRange}`];
  const quietly = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const { status, stderr } = spawnSync("npm", ["install", ...quietly, ...wanted], { cwd: folder, encoding: "utf8" });
  const installed = status === 0 ? named(command, program) : undefined;
  if (installed === undefined) console.warn(`skipped: ${wanted.join(" and ")} can't be had: ${stderr.slice(0, 200)}`);
  return installed;
}

function named(command: string, program: string): NamedNpm | undefined {
  const versionOf = (...args: readonly string[]): string | undefined => {
    const { status, stdout } = spawnSync(command, args, { encoding: "utf8", env: networkVariables() });
    return status === 0 ? stdout.trim().replace(/^v/, "") : undefined;
  };
  const [node, version] = [versionOf("--version"), versionOf(program, "--version")];
  if (node === undefined || version === undefined) return undefined;
  return { command, leading: [program], label: `npm ${version} on Node ${node}` };
}
