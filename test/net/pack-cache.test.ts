import { chmodSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { array, assert, constantFrom, integer, property, record, uint8Array } from "fast-check";
import { describe, expect, it } from "vitest";

import { createHttpClient } from "../../src/net/client.ts";
import type { CacheEntry } from "../../src/net/disk-cache.ts";
import { PackCache } from "../../src/net/pack-cache.ts";
import { damagedRecords } from "../../src/net/pack-file.ts";
import { ensureBuilt } from "../cli/built-cli.ts";
import { startRegistryServer } from "../helpers/registry-server.ts";
import { raceWriters } from "../helpers/race-writers.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";

const entry = (body: string | Uint8Array, confirmedMs = 1): CacheEntry => ({
  url: "http://127.0.0.1/a",
  status: 200,
  contentType: "text/plain",
  etag: '"é"',
  confirmedMs,
  freshMs: 5,
  body: typeof body === "string" ? new TextEncoder().encode(body) : body,
});
const text = (found: CacheEntry | undefined) => (found === undefined ? undefined : Buffer.from(found.body).toString());
const formIn = (cache: PackCache, key: string) => cache.open(key)?.form ?? expect.fail(`${key} is not there`);
const unexpected = (message: string): never => {
  throw new Error(message);
};
const packsIn = (directory: string) =>
  readdirSync(join(directory, "packs-v2"))
    .filter((name) => name.endsWith(".pack"))
    .map((name) => join(directory, "packs-v2", name));

/** Does something with a cache that is opened for it and closed afterwards. */
function using<Result>(directory: string, use: (cache: PackCache) => Result): Result {
  const cache = new PackCache(directory, unexpected);
  try {
    return use(cache);
  } finally {
    cache.close();
  }
}

describe("packs", () => {
  it("give back what was stored, before and after it reaches the disk", () => {
    const directory = temporaryDirectory();
    using(directory, (cache) => {
      cache.write("a", entry("one"));
      expect(cache.read("a")).toEqual(entry("one"));
      cache.flush();
      expect(cache.read("a")).toEqual(entry("one"));
      expect(cache.read("b")).toBeUndefined();
    });
    expect(using(directory, (cache) => cache.read("a"))).toEqual(entry("one"));
    const [file = ""] = packsIn(directory);
    expect([statSync(file).mode & 0o777, statSync(join(file, "..")).mode & 0o777]).toEqual([0o600, 0o700]);
  });

  it("write what waits by themselves", async () => {
    const directory = temporaryDirectory();
    new PackCache(directory, unexpected).write("a", entry("one"));
    await expect.poll(() => using(directory, (cache) => text(cache.read("a"))), { timeout: 10_000 }).toBe("one");
  });

  it("behave as one map from keys to the newest entry, through any number of packs and merges", () => {
    const step = record({
      key: constantFrom("a", "b", "c"),
      body: uint8Array({ maxLength: 20 }),
      kind: constantFrom("write", "confirm"),
      closes: integer({ min: 0, max: 2 }),
    });
    assert(
      property(array(step, { maxLength: 60 }), (steps) => {
        const directory = temporaryDirectory();
        const model = new Map<string, CacheEntry>();
        let cache = new PackCache(directory, unexpected);
        for (const [index, { key, body, kind, closes }] of steps.entries()) {
          const known = cache.read(key);
          expect(known?.body).toEqual(model.get(key)?.body);
          expect(known?.confirmedMs).toBe(model.get(key)?.confirmedMs);
          if (kind === "write") {
            cache.write(key, entry(body, index));
            model.set(key, entry(body, index));
          } else if (known !== undefined) {
            cache.confirm(key, { ...known, confirmedMs: index });
            model.set(key, { ...known, confirmedMs: index });
          }
          if (closes > 0) cache.flush();
          if (closes > 1) {
            cache.close();
            cache = new PackCache(directory, unexpected);
          }
        }
        for (const [key, { body }] of model) expect(cache.read(key)?.body).toEqual(body);
        cache.close();
        rmSync(directory, { recursive: true });
      }),
      { numRuns: 60 },
    );
  });

  it("are merged when there are many, and nothing is lost", () => {
    const directory = temporaryDirectory();
    for (let index = 0; index < 40; index++) {
      using(directory, (cache) => {
        cache.write(`own ${index}`, entry(`own ${index}`, index));
        cache.write("shared", entry(`shared ${index}`, index));
      });
    }
    expect(packsIn(directory).length).toBeLessThanOrEqual(13);
    using(directory, (cache) => {
      for (let index = 0; index < 40; index++) expect(text(cache.read(`own ${index}`))).toBe(`own ${index}`);
      expect(text(cache.read("shared"))).toBe("shared 39");
    });
  });

  it("are found again when another process merges them while the folder is read", () => {
    const directory = temporaryDirectory();
    for (let index = 0; index < 11; index++) using(directory, (cache) => cache.write("a", entry("one", index)));
    const late = new PackCache(directory, unexpected);
    expect(text(late.read("a"))).toBe("one");
    for (let index = 0; index < 3; index++) using(directory, (cache) => cache.write("a", entry("two", 20 + index)));
    // Its files are open, whatever became of their names.
    expect(text(late.read("a"))).toBe("one");
    late.close();
    expect(using(directory, (cache) => text(cache.read("a")))).toBe("two");
  });
});

describe("forms in packs", () => {
  it("give any part in any order, and what is kept does not change", () => {
    const directory = temporaryDirectory();
    const bodies = ["0123456789", "abcdefghij".repeat(30_000)];
    using(directory, (cache) => bodies.forEach((body, index) => cache.write(`key ${index}`, entry(body))));
    using(directory, (cache) => {
      const [digits, letters] = [formIn(cache, "key 0"), formIn(cache, "key 1")];
      expect([digits.byteLength, letters.byteLength]).toEqual([10, 300_000]);
      const fronts = [digits.front(4), letters.front(290_000), digits.front(3)];
      for (const front of fronts) expect(front.byteOffset % 8).toBe(0);
      expect(letters.glance(299_995, 300_000).toString()).toBe("fghij");
      expect(digits.glance(2, 5).toString()).toBe("234");
      expect(letters.glance(10, 12).toString()).toBe("ab");
      expect(digits.glance(0, 10).toString()).toBe("0123456789");
      expect(fronts.map((front) => Buffer.from(front).toString())).toEqual([
        "0123",
        bodies[1]?.slice(0, 290_000),
        "012",
      ]);
    });
  });

  it("say their status, and when they were confirmed last", () => {
    const directory = temporaryDirectory();
    using(directory, (cache) => {
      cache.write("absent", { ...entry(""), status: 404 });
      cache.write("a", entry("one", 5));
      expect(cache.open("absent")).toMatchObject({ status: 404, confirmedMs: entry("").confirmedMs });
    });
    using(directory, (cache) => cache.confirm("a", entry("one", 9)));
    using(directory, (cache) => {
      expect(cache.open("absent")).toMatchObject({ status: 404, form: { byteLength: 0 } });
      expect(cache.open("a")).toMatchObject({ status: 200, confirmedMs: entry("one", 9).confirmedMs });
      expect(cache.open("b")).toBeUndefined();
    });
  });

  it("can be looked at after their pack was merged, until the cache is closed", () => {
    const directory = temporaryDirectory();
    using(directory, (cache) => cache.write("a", entry("one")));
    const cache = new PackCache(directory, unexpected);
    const form = formIn(cache, "a");
    for (let index = 0; index < 20; index++) {
      cache.write(`own ${index}`, entry(`own ${index}`));
      cache.flush();
    }
    formIn(cache, "own 3");
    expect(form.glance(1, 3).toString()).toBe("ne");
    cache.close();
    expect(() => form.glance(0, 1)).toThrow("can't be read any more");
  });
});

describe("damaged packs", () => {
  it("any byte: an entry is as it was, or not there", () => {
    const directory = temporaryDirectory();
    const bodies = ["one", "two".repeat(30), ""];
    using(directory, (cache) => bodies.forEach((body, index) => cache.write(`key ${index}`, entry(body))));
    const [file = ""] = packsIn(directory);
    const whole = readFileSync(file);
    expect(damagedRecords(file)).toBe(0);
    let refused = 0;
    for (let at = 0; at < whole.length; at++) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 0x41;
      writeFileSync(file, damaged);
      using(directory, (cache) => {
        bodies.forEach((body, index) => {
          const found = cache.read(`key ${index}`);
          if (found === undefined) refused += 1;
          expect([undefined, entry(body)]).toContainEqual(found);
          const opened = cache.open(`key ${index}`);
          expect(opened?.form.glance(0, opened.form.byteLength).toString()).toBe(text(found));
        });
      });
    }
    expect(refused).toBeGreaterThan(whole.length / 2);
    for (const length of [0, 10, 40, whole.length >> 1, whole.length - 1]) {
      writeFileSync(file, whole.subarray(0, length));
      using(directory, (cache) => {
        bodies.forEach((body, index) => {
          const found = cache.read(`key ${index}`);
          expect([undefined, entry(body)]).toContainEqual(found);
        });
      });
    }
  });

  it("are replaced: what is damaged is fetched again, and then there", async () => {
    const [server, cacheDirectory] = [await startRegistryServer(), temporaryDirectory()];
    server.serve("/a", { body: "body", headers: { "cache-control": "max-age=300" } });
    const request = {
      url: `${server.url}/a`,
      cache: "revalidate",
      derive: { format: "same-1", compute: (body: Uint8Array) => body },
    } as const;
    const fetched = async () => {
      const client = createHttpClient({ cacheDirectory });
      const kept = client.kept(request);
      const body = kept?.form.front(kept.form.byteLength) ?? (await client.fetch(request)).body;
      await client.close();
      return [Buffer.from(body).toString(), kept !== undefined];
    };
    expect(await fetched()).toEqual(["body", false]);
    expect(await fetched()).toEqual(["body", true]);
    const [file = ""] = packsIn(cacheDirectory);
    writeFileSync(file, readFileSync(file).subarray(0, -6));
    expect(await fetched()).toEqual(["body", false]);
    expect(await fetched()).toEqual(["body", true]);
    expect(server.asked).toHaveLength(2);
  });
});

describe("packs of several processes", () => {
  it("read_only: works without them, with one warning", () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "packs-v2"), "");
    const warnings: string[] = [];
    const cache = new PackCache(directory, (message) => warnings.push(message));
    for (const key of ["a", "b"]) {
      cache.write(key, entry("one"));
      cache.flush();
      expect(cache.read(key)).toBeUndefined();
    }
    expect(warnings).toEqual([expect.stringMatching(/cannot be written \(E[A-Z]+\); going on without it/u)]);
  });

  it("read_only_but_filled: what is there is still used", () => {
    const directory = temporaryDirectory();
    using(directory, (cache) => cache.write("a", entry("one")));
    chmodSync(join(directory, "packs-v2"), 0o500);
    expect(using(directory, (cache) => text(cache.read("a")))).toBe("one");
    chmodSync(join(directory, "packs-v2"), 0o700);
  });

  it(
    "ten_processes and kill_9: every entry is whole or absent, and no answer is wrong",
    { timeout: 120_000 },
    async () => {
      ensureBuilt();
      const directory = temporaryDirectory();
      await raceWriters("pack-writer.mjs", directory);
      using(directory, (cache) => {
        for (let key = 0; key < 20; key += 1) {
          const body = text(cache.read(`key ${key}`)) ?? "";
          expect(body).toMatch(new RegExp(`^key ${key} by \\d (x+)$`, "u"));
          expect(body.length).toBeGreaterThan(50_000);
        }
      });
      for (const file of packsIn(directory)) expect(damagedRecords(file)).toBe(0);
    },
  );
});
