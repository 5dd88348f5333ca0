import { describe, expect, it } from "vitest";

import { parseLock } from "../../src/lockfile/read-lock.ts";
import { formatLock } from "../../src/lockfile/write-lock.ts";
import { EnkiError } from "../../src/model/enki-error.ts";
import { registryFiles } from "../../scripts/registry-layouts.mjs";
import { resolveSample, samplePackages, samples } from "./samples.ts";

/** Names that every JavaScript object inherits, and one that promises look for. */
const inheritedNames = ["__proto__", "constructor", "hasOwnProperty", "toString", "valueOf", "then"];

/** What the ecosystem makes of a name, or why it refuses it. */
async function outcomeOf(id: string, name: string): Promise<{ names: readonly string[]; refusal?: string }> {
  const sample = samples.get(id);
  if (sample === undefined) throw new Error(`there is no sample of ${id}`);
  try {
    const registry = registryFiles(id, samplePackages(sample, [sample.names[0], name]));
    const { diagnostics, result } = await resolveSample(id, sample.manifest([sample.names[0], name]), registry);
    if (result?.kind !== "resolved") {
      return { names: [], refusal: `${result?.kind ?? "refused"} ${diagnostics.map(({ code }) => code).join(" ")}` };
    }
    const text = formatLock(result.resolution);
    expect(formatLock(parseLock(text))).toBe(text);
    expect(result.violations).toEqual([]);
    const names = result.resolution.packages.filter((package_) => package_.ecosystem === id).map((one) => one.name);
    for (const chosen of names) {
      expect(result.locks.some(({ content }) => content.includes(chosen))).toBe(true);
    }
    return { names };
  } catch (error) {
    if (error instanceof EnkiError) return { names: [], refusal: error.code };
    throw error;
  }
}

describe.each([...samples.keys()])("%s", (id) => {
  it.each(inheritedNames)(
    "hostile_name: %s resolves, locks and exports under its own name, or is refused",
    async (name) => {
      const { names, refusal } = await outcomeOf(id, name);
      const normalised = name.toLowerCase().replaceAll("_", "-");
      const isKept = names.includes(name) || names.includes(normalised);
      expect({ isKept, refusal }).toEqual({ isKept: refusal === undefined, refusal });
      expect(refusal ?? "").not.toContain("internal");
      expect(Reflect.get({}, "polluted")).toBeUndefined();
      expect(Object.keys(Object.prototype)).toEqual([]);
    },
  );

  it("hostile_name: what every ecosystem allows is accepted", async () => {
    const accepted = [];
    for (const name of inheritedNames) if ((await outcomeOf(id, name)).refusal === undefined) accepted.push(name);
    expect(accepted).toEqual(expect.arrayContaining(inheritedNames.slice(1)));
  });
});
