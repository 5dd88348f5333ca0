import { EnkiError } from "../model/enki-error.ts";
import type { Resolution } from "../model/resolution.ts";
import { diffResolutions, type PackageChange } from "../report/lock-diff.ts";
import type { ResolveResult } from "../resolve/request.ts";
import type { AskedPackage } from "./ask-version.ts";
import { forgetPins } from "./forget-pins.ts";
import { quoted } from "./shell-word.ts";

/** An `enki update` of more packages than this is nothing to type. */
const MAXIMUM_UPDATES = 20;

/** A command that gives a package the version that was asked for, and what the service is like afterwards. */
export interface WayToVersion {
  readonly command: string;
  readonly resolution: Resolution;
}

/** What a search for a way starts from. */
interface Start {
  readonly asked: AskedPackage;
  /** The answer of now, which holds the pins, and one in which the package is as asked. */
  readonly present: Resolution;
  readonly answer: Resolution;
  readonly hasLock: boolean;
  isThere(resolution: Resolution): boolean;
  solve(previous: Resolution): Promise<ResolveResult>;
}

/**
 * The `enki update` that moves a package to a version, tried out: of the package alone, else together with what changes
 * beside it. `undefined` when pins alone do not bring it about.
 */
export async function wayToVersion(start: Start): Promise<WayToVersion | undefined> {
  const { asked, present, answer, hasLock } = start;
  const changes = diffResolutions(present, answer);
  const isAsked = ({ ecosystem, name }: PackageChange): boolean =>
    ecosystem === asked.ecosystem.id && name === asked.name;
  const own = changes.filter(isAsked).flatMap(updatesTo);
  const pinned = changes.filter((change) => !isAsked(change) && change.before.length > 0);
  const all = [...own, ...pinned.flatMap(updatesTo)];
  // What is new comes by itself too; only what is pinned can be updated.
  for (const updates of own.length === all.length ? [own] : [own, all]) {
    if (updates.length === 0 || updates.length > MAXIMUM_UPDATES) continue;
    const resolution = await tried(start, updates);
    if (resolution === undefined) continue;
    const update = `enki update ${updates.map(quoted).join(" ")}`;
    return { command: hasLock ? update : `enki resolve && ${update}`, resolution };
  }
  return undefined;
}

async function tried(start: Start, updates: readonly string[]): Promise<Resolution | undefined> {
  try {
    const result = await start.solve(forgetPins(start.present, updates));
    return result.kind === "resolved" && start.isThere(result.resolution) ? result.resolution : undefined;
  } catch (error) {
    if (error instanceof EnkiError && error.code === "not-found") return undefined;
    throw error;
  }
}

/** What is not needed any more goes by itself. */
function updatesTo({ ecosystem, name, after }: PackageChange): readonly string[] {
  return after.map((version) => `${ecosystem}:${name}@${version}`);
}
