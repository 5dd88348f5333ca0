/**
 * Serves the frozen registry from a process of its own, so that its work does not count as a tool's. Prints its URL.
 * `serve.ts [MILLISECONDS]`: how long each answer waits, as if the registry were far away.
 */
import { readdirSync } from "node:fs";

import { frozenPackuments, FrozenRegistry } from "../../../test/ecosystems/npm/frozen-registry.ts";

async function main(): Promise<void> {
  const directory = frozenPackuments();
  if (directory === undefined) return;
  const registry = await FrozenRegistry.start(directory, {
    isAbbreviated: true,
    delayMs: () => Number(process.argv[2] ?? 0),
  });
  registry.prepare(readdirSync(directory).map((file) => file.replace(/\.json$/, "").replace("%2f", "/")));
  console.log(registry.url);
  // Lives until the benchmark ends it.
  setInterval(() => undefined, 60_000);
}

await main();
