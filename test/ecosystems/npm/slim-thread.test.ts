import { availableParallelism } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";

import { EnkiError } from "../../../src/model/enki-error.ts";
import { slimPackumentBytes } from "../../../src/ecosystems/npm/slim-packument.ts";
import { SlimThread } from "../../../src/ecosystems/npm/slim-thread.ts";
import { ensureBuilt } from "../../cli/built-cli.ts";

/** A document of about half a megabyte; each of them is different. */
function documentOf(number: number): Uint8Array {
  const versions = Array.from({ length: 900 }, (_, patch) => [
    `1.${number}.${patch}`,
    {
      dist: { tarball: `https://registry.example/a/-/a-1.${number}.${patch}.tgz`, shasum: "0".repeat(40) },
      dependencies: { [`d${patch % 7}`]: `^1.${number}.0`, filler: "x".repeat(400) },
    },
  ]);
  return new TextEncoder().encode(
    JSON.stringify({ "dist-tags": { latest: `1.${number}.0` }, versions: Object.fromEntries(versions) }),
  );
}

describe("the thread that makes slim forms", () => {
  it("from the sources: does everything here, at once", () => {
    const slim = new SlimThread().slim("a", documentOf(0));
    expect(slim).toEqual(slimPackumentBytes("a", documentOf(0)));
  });

  it.skipIf(availableParallelism() === 1)("gives the same bytes and the same errors as without it", async () => {
    ensureBuilt();
    const compiled = pathToFileURL(join(import.meta.dirname, "../../../dist/ecosystems/npm/slim-thread.js")).href;
    const { SlimThread: CompiledThread } = (await import(compiled)) as { SlimThread: typeof SlimThread };
    const thread = new CompiledThread();
    const answers = Array.from({ length: 40 }, (_, number) => thread.slim("a", documentOf(number)));
    const later = answers.filter((answer) => answer instanceof Promise);
    // The last ones are read here, because the thread has enough to do.
    expect(later.length).toBeGreaterThan(20);
    expect(later.length).toBeLessThan(39);
    for (const [number, answer] of answers.entries()) {
      expect(Buffer.from(await answer).equals(slimPackumentBytes("a", documentOf(number)))).toBe(true);
    }
    for (const text of ["nonsense", "{}", '{ "versions": 7 }']) {
      const bytes = new TextEncoder().encode(text);
      let message = "";
      try {
        slimPackumentBytes("a", bytes);
      } catch (error) {
        message = error instanceof EnkiError ? error.message : "";
      }
      await expect(thread.slim("a", bytes)).rejects.toThrow(message);
      expect(message).toContain("registry's document of a");
    }
    // Memory that is shared with others stays theirs.
    const shared = Buffer.from(`  ${JSON.stringify({ versions: {} })}  `);
    const inside = shared.subarray(2, -2);
    expect(Buffer.from(await thread.slim("a", inside)).equals(slimPackumentBytes("a", inside))).toBe(true);
  });
});
