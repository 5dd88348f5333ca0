/** The tags of all wheels that a CPython of one version can install on one platform, best first (PEP 425). */
import { platformTags, type Platform } from "./platform-tags.ts";

/** A CPython. */
export interface Interpreter {
  readonly major: number;
  readonly minor: number;
  /** Built without the global interpreter lock (PEP 703): `cp313t`, and no stable ABI before 3.15. */
  readonly isFreeThreaded?: boolean;
}

/** Tag texts in order of preference. */
export function compatibleTags(interpreter: Interpreter, platform: Platform): readonly string[] {
  const { major, minor } = interpreter;
  const isFreeThreaded = interpreter.isFreeThreaded === true;
  const cpython = `cp${major}${minor}`;
  const abi = isFreeThreaded ? `${cpython}t` : major === 3 && minor <= 7 ? `${cpython}m` : cpython;
  const platforms = platformTags(platform);
  const tags: string[] = [];
  const pushAll = (prefix: string): void => {
    for (const name of platforms) tags.push(`${prefix}-${name}`);
  };
  pushAll(`${cpython}-${abi}`);
  const hasStableAbi = major === 3 && minor >= 2 && !isFreeThreaded;
  if (hasStableAbi) pushAll(`${cpython}-abi3`);
  pushAll(`${cpython}-none`);
  if (hasStableAbi) for (let older = minor - 1; older >= 2; older--) pushAll(`cp${major}${older}-abi3`);
  const generic = [`py${major}${minor}`, `py${major}`];
  for (let older = minor - 1; older >= 0; older--) generic.push(`py${major}${older}`);
  for (const name of generic) pushAll(`${name}-none`);
  tags.push(`${cpython}-none-any`);
  for (const name of generic) tags.push(`${name}-none-any`);
  return tags;
}

/** The place of each tag text in the order of preference; the first one counts where a tag is repeated. */
export function tagRanks(tags: readonly string[]): ReadonlyMap<string, number> {
  const ranks = new Map<string, number>();
  for (const [rank, tag] of tags.entries()) if (!ranks.has(tag)) ranks.set(tag, rank);
  return ranks;
}

/** The rank of the best of a wheel's tags (lower is better); `undefined` when none of them is supported. */
export function bestRank(ranks: ReadonlyMap<string, number>, tags: Iterable<string>): number | undefined {
  let best: number | undefined;
  for (const tag of tags) {
    const rank = ranks.get(tag);
    if (rank !== undefined && (best === undefined || rank < best)) best = rank;
  }
  return best;
}
