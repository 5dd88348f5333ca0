// Writes the same twenty entries over and over: one of the processes that a test runs (and kills) at the same time.
import { DiskCache } from "../../dist/net/disk-cache.js";

const [directory = "", writer = ""] = process.argv.slice(2);
const cache = new DiskCache(directory, (message) => {
  throw new Error(message);
});
const encoder = new TextEncoder();
for (let round = 0; round < 12; round += 1) {
  for (let key = 0; key < 20; key += 1) {
    const body = encoder.encode(`key ${key} by ${writer} ${"x".repeat(50_000)}`);
    cache.write(`key ${key}`, { url: "", status: 200, contentType: "", confirmedMs: 0, freshMs: 0, body });
  }
  if (round === 2) process.stdout.write("under way\n");
}
