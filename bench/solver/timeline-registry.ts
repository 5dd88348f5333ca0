import { Random } from "../../test/solver/random-universe.ts";
import { type Interval, type Registry, RegistryBuilder, type RegistryEdge } from "./registry.ts";

/** What a made-up registry that grew over time looks like. */
export interface TimelineShape {
  readonly seed: number;
  readonly packages: number;
  /** Versions per package; a few packages have many times as many. */
  readonly meanVersions: number;
  readonly maxDependencies: number;
  /** Of a thousand: how often a release moves its requirement to what was newest that day. Stale authors are what makes solving hard. */
  readonly updatesPerMille: number;
  /** Of a thousand requirements: up to the next major version, from a version on, any. The rest is exact. */
  readonly upToMajor: number;
  readonly fromVersion: number;
  readonly any: number;
  readonly roots: number;
}

/** Like elm's registry: few versions, and every requirement goes up to the next major version. */
export const ELM_LIKE: TimelineShape = {
  seed: 11,
  packages: 1000,
  meanVersions: 6,
  maxDependencies: 8,
  updatesPerMille: 300,
  upToMajor: 1000,
  fromVersion: 0,
  any: 0,
  roots: 100,
};

/** Like npm's registry: many versions, mostly carets, some exact pins. */
export function npmLike(packages: number): TimelineShape {
  return {
    seed: 7,
    packages,
    meanVersions: 90,
    maxDependencies: 6,
    updatesPerMille: 250,
    upToMajor: 640,
    fromVersion: 240,
    any: 110,
    roots: 40,
  };
}

interface Timeline {
  /** Release dates in ascending order. */
  readonly dates: readonly number[];
  /** The major version of each release. */
  readonly majors: readonly number[];
}

const DAYS = 3000;

/**
 * A registry in which package `p` mostly depends on older ones (lower numbers), some of which are very popular, and each
 * release requires what was newest when its author last looked. Package 0 holds the roots, one per version.
 */
export function timelineRegistry(shape: TimelineShape): Registry {
  const random = new Random(shape.seed);
  const timelines = Array.from({ length: shape.packages }, () => timeline(random, shape.meanVersions));
  const builder = new RegistryBuilder();
  for (let package_ = 1; package_ < shape.packages; package_++) {
    const targets = new Set<number>();
    const wanted = random.below(shape.maxDependencies + 1);
    for (let count = 0; count < wanted; count++) {
      // Squaring prefers low numbers: a few packages are required by half of the registry.
      const target = 1 + Math.floor((random.below(1000) / 1000) ** 2 * package_);
      if (target < package_) targets.add(target);
    }
    const pins = new Map<number, number>();
    for (const [version, date] of (timelines[package_]?.dates ?? []).entries()) {
      builder.add(package_, version, edgesOf(targets, pins, date, timelines, random, shape));
    }
  }
  for (let root = 0; root < shape.roots; root++) builder.add(0, root, rootEdges(timelines, random));
  return builder.build();
}

function timeline(random: Random, meanVersions: number): Timeline {
  const born = random.below(Math.floor(DAYS * 0.7));
  // The product of three spreads is heavy-tailed, as version counts are.
  const spread = (1 + random.below(200)) * (1 + random.below(200)) * (1 + random.below(200));
  const count = Math.max(2, Math.min(1500, Math.round((meanVersions * spread) / 1_000_000)));
  const majorEvery = 20 + random.below(100);
  let major = 0;
  const majors = Array.from({ length: count }, (_, version) => {
    if (version > 0 && random.below(majorEvery) === 0) major += 1;
    return major;
  });
  return { dates: majors.map((_, version) => born + ((DAYS - born) * version) / count), majors };
}

function edgesOf(
  targets: ReadonlySet<number>,
  pins: Map<number, number>,
  date: number,
  timelines: readonly Timeline[],
  random: Random,
  shape: TimelineShape,
): readonly RegistryEdge[] {
  const edges: RegistryEdge[] = [];
  for (const target of targets) {
    const to = timelines[target];
    if (to === undefined) continue;
    const newest = to.dates.findLastIndex((released) => released <= date);
    if (newest < 0) continue;
    if (!pins.has(target) || random.below(1000) < shape.updatesPerMille) pins.set(target, newest);
    edges.push({ package: target, intervals: [intervalFrom(to, pins.get(target) ?? newest, random, shape)] });
  }
  return edges;
}

function intervalFrom(to: Timeline, version: number, random: Random, shape: TimelineShape): Interval {
  const kind = random.below(1000);
  if (kind < shape.upToMajor) {
    const next = to.majors.findIndex((major) => major > (to.majors[version] ?? 0));
    return [version, next];
  }
  if (kind < shape.upToMajor + shape.fromVersion) return [version, -1];
  return kind < shape.upToMajor + shape.fromVersion + shape.any ? [0, -1] : [version, version + 1];
}

/** Three to seventeen packages, half of them at any version, the others from a recent one on. */
function rootEdges(timelines: readonly Timeline[], random: Random): readonly RegistryEdge[] {
  const targets = new Set<number>();
  const wanted = 3 + random.below(15);
  while (targets.size < wanted) targets.add(1 + random.below(timelines.length - 1));
  return [...targets].map((target) => {
    const count = timelines[target]?.majors.length ?? 1;
    const from = random.below(2) === 0 ? 0 : Math.floor((count - 1) * (0.5 + random.below(500) / 1000));
    return { package: target, intervals: [[from, -1]] };
  });
}
