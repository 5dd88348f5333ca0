import { describe, expect, it } from "vitest";

import { ecosystems } from "../../src/ecosystems/index.ts";
import { parseTomlDocument } from "../../src/formats/toml.ts";
import { EnkiError } from "../../src/model/enki-error.ts";
import { damagedCopies, damagedTexts, printToml } from "./mutations.ts";
import type { Sample } from "./samples.ts";
import { loadAll, resolveSample, samples, sampleRegistry } from "./samples.ts";

/** What must never come out: anything but a result, a diagnostic or an EnkiError. */
async function defectOf(
  id: string,
  manifest: string | Uint8Array,
  registry: ReadonlyMap<string, string | Uint8Array>,
): Promise<string | undefined> {
  try {
    const { manifest: read, diagnostics, result } = await resolveSample(id, manifest, registry);
    const hasError = diagnostics.some(({ severity }) => severity === "error");
    if (read === undefined && !hasError) return "no manifest and no error";
    if (read !== undefined && hasError) return "a manifest in spite of an error";
    if (result?.kind === "resolved" && result.violations.length > 0)
      return `violations: ${JSON.stringify(result.violations)}`;
    return undefined;
  } catch (error) {
    return error instanceof EnkiError && error.code !== "internal" ? undefined : stackOf(error);
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message).split("\n").slice(0, 4).join("\n") : String(error);
}

/** At most so many defects are shown, one for each place where they come from. */
function summary(defects: ReadonlyMap<string, string>): readonly string[] {
  const byCause = new Map([...defects].map(([place, defect]) => [defect, `${place}\n${defect}`]));
  return [...byCause.values()].slice(0, 8);
}

function parsedManifest(sample: Sample, text: string): unknown {
  if (sample.manifestFile.endsWith(".json")) return JSON.parse(text);
  return sample.manifestFile.endsWith(".toml") ? parseTomlDocument("x", text).document?.value : undefined;
}

/** Damaged manifests as text. */
function* damagedManifests(sample: Sample): Generator<readonly [string, string | Uint8Array]> {
  const text = sample.manifest(sample.names);
  const value = parsedManifest(sample, text);
  if (value === undefined) yield* damagedTexts(text);
  else {
    for (const [place, copy] of damagedCopies(value)) {
      const damaged = sample.manifestFile.endsWith(".json") ? JSON.stringify(copy) : printToml(copy);
      if (damaged !== undefined) yield [place, damaged];
    }
  }
  for (let length = 0; length < text.length; length += 7) yield [`cut at ${length}`, text.slice(0, length)];
  yield ["byte-order mark", `\uFEFF${text}`];
  yield ["no UTF-8", Uint8Array.from([0xff, 0xfe, 0x00, 0xc3, 0x28])];
  yield ["nesting", `${sample.manifestFile.endsWith(".toml") ? "a = " : ""}${"[".repeat(100_000)}`];
}

/** Damaged files of the registry, one at a time. */
function* damagedRegistries(
  id: string,
  sample: Sample,
): Generator<readonly [string, ReadonlyMap<string, string | Uint8Array>]> {
  const honest = sampleRegistry(id, sample);
  for (const [path, content] of honest) {
    // The second package is like the first.
    if (path.includes("right") || typeof content !== "string") continue;
    const copies = isJson(content)
      ? [...damagedCopies(JSON.parse(content))].map(([place, copy]) => [place, JSON.stringify(copy) ?? ""] as const)
      : [...damagedTexts(content)];
    const cuts = Array.from({ length: 20 }, (_, index) => {
      const length = Math.floor((content.length * index) / 20);
      return [`cut at ${length}`, content.slice(0, length)] as const;
    });
    for (const [place, copy] of [...copies, ...cuts]) yield [`${path}: ${place}`, new Map([...honest, [path, copy]])];
    yield [`${path}: nesting`, new Map([...honest, [path, "[".repeat(100_000)]])];
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

it("every ecosystem with a registry has a sample, and the honest samples resolve", async () => {
  const all = await loadAll();
  const withManifests = [...all.values()].filter(({ isManifest }) =>
    [...samples.values()].some(({ manifestFile }) => isManifest(manifestFile)),
  );
  expect(withManifests.map(({ id }) => id).toSorted()).toEqual([...samples.keys()].toSorted());
  expect([...ecosystems.keys()].filter((id) => !samples.has(id))).toEqual(["nix"]);
  for (const [id, sample] of samples) {
    const { diagnostics, result } = await resolveSample(id, sample.manifest(sample.names), sampleRegistry(id, sample));
    expect([id, diagnostics, result?.kind]).toEqual([id, [], "resolved"]);
    const chosen = result?.kind === "resolved" ? result.resolution.packages.map((package_) => package_.name) : [];
    expect(chosen).toEqual(expect.arrayContaining([...sample.names]));
  }
});

describe.each([...samples])("%s", { timeout: 120_000 }, (id, sample) => {
  it("wrong_types in a manifest: a diagnostic or an EnkiError, never anything else", async () => {
    const registry = sampleRegistry(id, sample);
    const defects = new Map<string, string>();
    let tried = 0;
    for (const [place, manifest] of damagedManifests(sample)) {
      tried += 1;
      const defect = await defectOf(id, manifest, registry);
      if (defect !== undefined) defects.set(place, defect);
    }
    expect(summary(defects)).toEqual([]);
    expect(tried).toBeGreaterThan(100);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });

  it("wrong_types in a registry: a result or an EnkiError, never anything else", async () => {
    const manifest = sample.manifest(sample.names);
    const defects = new Map<string, string>();
    let tried = 0;
    for (const [place, registry] of damagedRegistries(id, sample)) {
      tried += 1;
      const defect = await defectOf(id, manifest, registry);
      if (defect !== undefined) defects.set(place, defect);
    }
    expect(summary(defects)).toEqual([]);
    expect(tried).toBeGreaterThan(100);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });
});
