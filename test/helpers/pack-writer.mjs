// Writes twenty derived forms over and over, a pack each time: one of the processes that a test runs (and kills) at once.
import { PackCache } from "../../dist/net/pack-cache.js";

const [directory = "", writer = ""] = process.argv.slice(2);
const encoder = new TextEncoder();
for (let round = 0; round < 12; round += 1) {
  const cache = new PackCache(directory, (message) => {
    throw new Error(message);
  });
  for (let key = 0; key < 20; key += 1) {
    const body = encoder.encode(`key ${key} by ${writer} ${"x".repeat(50_000)}`);
    cache.write(`key ${key}`, { url: "", status: 200, contentType: "", confirmedMs: round, freshMs: 0, body });
  }
  cache.close();
  if (round === 2) process.stdout.write("under way\n");
}
