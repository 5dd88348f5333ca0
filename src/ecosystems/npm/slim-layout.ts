/** Name and version of the slim form; part of the cache key, so change it whenever the form changes. */
export const slimFormat = "npm-slim-7";

/** Bytes of one SHA-512 digest. */
export const digestBytes = 64;

/**
 * What versions have in common that decides in which order they are tried. Neighbouring versions mostly share one.
 */
export interface VersionKind {
  readonly isDeprecated: boolean;
  /** The `engines.node` range. */
  readonly engine: string | null;
  /** `os,os cpu,cpu libc,libc`, where one of them is restricted. */
  readonly platform: string | null;
}

/** What of a slim packument is text. */
export interface SlimHeader {
  /** Dist-tags in the registry's order. */
  readonly tags: readonly (readonly [string, string])[];
  /** What stands before the version in the address of a tarball; `.tgz` stands after it. */
  readonly tarballPrefix: string;
  readonly kinds: readonly VersionKind[];
  /** Publication moments, RFC 3339, per version; `null` where unknown. Absent when the registry gave none at all. */
  readonly times?: readonly (string | null)[];
}

/**
 * The tables of a slim packument, 32-bit integers each, in this order after the counts:
 *
 * - `numbers`: the x.y.z of each version, three each;
 * - `prereleases`: the indices of versions with pre-release identifiers;
 * - `textEnds`: where the text of each version ends, in bytes from where the texts begin; one byte lies between two;
 * - `kindFirsts`, `kindOf`: stretches of versions of one kind: the first version of each, and which kind;
 * - `runFirsts`: the first version of each run. Versions of one run say the same of everything but their tarball;
 * - `lineEnds`: where the line of each run ends, in bytes from where the lines begin; one byte lies between two.
 *
 * The header (JSON), the texts, the lines (JSON) and the digests of all versions follow.
 */
export interface SlimCounts {
  readonly versions: number;
  readonly prereleases: number;
  readonly stretches: number;
  readonly runs: number;
  readonly headerBytes: number;
  readonly textBytes: number;
  readonly lineBytes: number;
}

/** Integers before the first table: a mark, and the counts. */
const countsLength = 8;

/** Bytes of the counts. */
export const countsBytes: number = countsLength * 4;

/** Tells the form from anything else, in the byte order of the machine that wrote it. */
export const slimMark = 0x06_6e_70_6d;

/** Where every part of a slim packument begins: tables in integers, all else in bytes. */
export interface SlimOffsets {
  readonly numbers: number;
  readonly prereleases: number;
  readonly textEnds: number;
  readonly kindFirsts: number;
  readonly kindOf: number;
  readonly runFirsts: number;
  readonly lineEnds: number;
  readonly headerByte: number;
  readonly textByte: number;
  readonly lineByte: number;
  readonly digestByte: number;
  readonly totalBytes: number;
}

/** Lays the parts out one after the other. */
export function slimOffsets(counts: SlimCounts): SlimOffsets {
  const numbers = countsLength;
  const prereleases = numbers + counts.versions * 3;
  const textEnds = prereleases + counts.prereleases;
  const kindFirsts = textEnds + counts.versions;
  const kindOf = kindFirsts + counts.stretches;
  const runFirsts = kindOf + counts.stretches;
  const lineEnds = runFirsts + counts.runs;
  const headerByte = (lineEnds + counts.runs) * 4;
  const textByte = headerByte + counts.headerBytes;
  const lineByte = textByte + counts.textBytes;
  const digestByte = lineByte + counts.lineBytes;
  return {
    numbers,
    prereleases,
    textEnds,
    kindFirsts,
    kindOf,
    runFirsts,
    lineEnds,
    headerByte,
    textByte,
    lineByte,
    digestByte,
    totalBytes: digestByte + counts.versions * digestBytes,
  };
}
