import { expect, it, onTestFinished } from "vitest";

import { createHttpClient } from "../../../src/net/client.ts";
import { temporaryDirectory } from "../../helpers/temporary-directory.ts";
import { checkUniverse } from "./compare-universe.ts";
import { randomUniverse } from "./random-universe.ts";
import { UniverseServer } from "./universe-server.ts";

// Those that showed something once, and some more; `npm run oracle:npm-random` asks the real npm about hundreds.
const telling = [3, 10, 40, 324, 521, 1011, 1076, 1291, 1368, 1494, 2274, 3123, 3573, 10195, 11807, 12549, 32254];
const seeds = [...telling, ...Array.from({ length: 18 }, (_, at) => at + 60)];

it("random registries have answers that npm's model and the registry agree with", { timeout: 120_000 }, async () => {
  const server = await UniverseServer.start();
  onTestFinished(() => server.stop());
  const workshop = { server, http: createHttpClient(), directory: temporaryDirectory() };
  const kinds = new Map<string, number>();
  for (const seed of seeds) {
    for (const { kind, isFailure, detail } of await checkUniverse(workshop, `seed-${seed}`, randomUniverse(seed))) {
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      expect(isFailure, `seed ${seed}: ${kind}: ${detail}`).toBe(false);
    }
  }
  // Both happen, or this test shows nothing.
  expect(kinds.get("Enki solves it")).toBeGreaterThan(15);
  expect(kinds.get("Enki refuses it")).toBeGreaterThan(2);
});
