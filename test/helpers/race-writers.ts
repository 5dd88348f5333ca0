import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "vitest";

/** Runs a script of this folder in ten processes that write to one directory at once; every second one is killed while it writes. */
export async function raceWriters(script: string, directory: string): Promise<void> {
  const path = join(import.meta.dirname, script);
  const runs = Array.from({ length: 10 }, (_, index) => {
    const child = promisify(execFile)(process.execPath, [path, directory, String(index)]);
    if (index % 2 === 1) child.child.stdout?.once("data", () => child.child.kill("SIGKILL"));
    return child.then(
      () => "ended",
      (error: { signal?: string }) => error.signal,
    );
  });
  const endings = await Promise.all(runs);
  expect(endings.filter((ending) => ending === "ended").length).toBeGreaterThanOrEqual(5);
  expect(endings).toContain("SIGKILL");
}
