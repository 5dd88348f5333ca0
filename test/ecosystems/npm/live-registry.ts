import { spawnSync } from "node:child_process";
import { hasNpm } from "./real-npm.ts";

/** The registry of npm's own configuration, when it answers; else `undefined`, with the reason printed. */
export function liveRegistry(): string | undefined {
  if (!hasNpm()) return undefined;
  const asked = spawnSync("npm", ["view", "express", "version", "--fetch-retries=0", "--fetch-timeout=8000"], {
    encoding: "utf8",
    timeout: 20_000,
  });
  if (asked.status !== 0) {
    console.warn("skipped: the registry of npm's configuration does not answer");
    return undefined;
  }
  return spawnSync("npm", ["config", "get", "registry"], { encoding: "utf8" }).stdout.trim();
}
