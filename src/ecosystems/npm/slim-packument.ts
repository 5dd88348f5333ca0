import { EnkiError } from "../../model/enki-error.ts";
import { copyStretch, isSame } from "./byte-ranges.ts";
import { stringEntries } from "./package-metadata.ts";
import { readDigest } from "./read-digest.ts";
import { fieldNumbers, scanPackument, type ScannedPackument } from "./scan-packument.ts";
import { digestBytes, slimMark, slimOffsets, type SlimCounts, type SlimHeader } from "./slim-layout.ts";
import { SlimLines } from "./slim-lines.ts";
import { sortVersions, type SortedVersions } from "./sort-versions.ts";

const lineFeed = 0x0a;
const { tarball, integrity } = fieldNumbers;

/**
 * Turns a packument (npm's document of one package, full or abbreviated) into Enki's slim form ({@link SlimCounts}):
 * tables that are used as they lie in the cache, and the lock fields of each run of versions as JSON, to be parsed only
 * when a version of the run is looked at. Versions that make no sense are left out; `undefined` when the document is no
 * packument. Throws a SyntaxError when it is no JSON.
 */
function slimPackument(packument: ScannedPackument): Uint8Array | undefined {
  if (!packument.hasVersions) return undefined;
  const sorted = sortVersions(packument);
  const { order } = sorted;
  const prefix = tarballPrefix(packument, order.at(-1));
  const lines = new SlimLines(packument);
  const digests = digestMemory(order.length * digestBytes);
  for (let index = 0; index < order.length; index++) {
    const row = order[index] ?? 0;
    const begin = packument.start(row, integrity);
    const hasDigest = readDigest(packument.bytes, begin, packument.end(row, integrity), digests, index * digestBytes);
    lines.push(index, row, hasUsualTarball(packument, row, prefix), hasDigest);
  }
  const times = new Map(stringEntries(parsed(packument.time)));
  const header: SlimHeader = {
    tags: stringEntries(parsed(packument.tags)),
    tarballPrefix: packument.bytes.toString("utf8", prefix.start, prefix.end),
    kinds: lines.kinds,
    ...(times.size > 0 && { times: order.map((row) => times.get(packument.version(row)) ?? null) }),
  };
  return writeSlim(packument, sorted, header, lines, digests);
}

function parsed(text: string | undefined): unknown {
  return text === undefined ? undefined : JSON.parse(text);
}

/** A stretch of the packument's bytes. */
interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** What stands before the version in the address of the newest version's tarball; nothing when it can't be said plainly. */
function tarballPrefix(packument: ScannedPackument, newest: number | undefined): Stretch {
  if (newest === undefined) return { start: 0, end: 0 };
  const start = packument.start(newest, tarball) + 1;
  const address = packument.bytes.toString("latin1", start, packument.end(newest, tarball) - 1);
  const ending = `${packument.version(newest)}.tgz`;
  const isPlain = address.endsWith(ending) && !address.includes("\\");
  return { start, end: isPlain ? start + address.length - ending.length : start };
}

const tarballEnding = Buffer.from(".tgz");

/** Whether the address of a tarball is `<prefix><version>.tgz`. */
function hasUsualTarball(packument: ScannedPackument, row: number, prefix: Stretch): boolean {
  const { bytes, starts, ends } = packument;
  const version = starts[row] ?? 0;
  const versionLength = (ends[row] ?? 0) - version;
  const prefixLength = prefix.end - prefix.start;
  const start = packument.start(row, tarball) + 1;
  const length = packument.end(row, tarball) - 1 - start;
  return (
    prefixLength > 0 &&
    length === prefixLength + versionLength + tarballEnding.length &&
    isSame(bytes, start, bytes, prefix.start, prefixLength) &&
    isSame(bytes, start + prefixLength, bytes, version, versionLength) &&
    isSame(bytes, start + prefixLength + versionLength, tarballEnding, 0, tarballEnding.length)
  );
}

let digestScratch = new Uint8Array(1024 * digestBytes);

/** Memory for digests, all of them zero; the same for one packument after the other. */
function digestMemory(bytes: number): Uint8Array {
  if (bytes > digestScratch.length) digestScratch = new Uint8Array(bytes * 2);
  return digestScratch.subarray(0, bytes).fill(0);
}

function writeSlim(
  packument: ScannedPackument,
  { order, prereleases, numbers }: SortedVersions,
  header: SlimHeader,
  lines: SlimLines,
  digests: Uint8Array,
): Uint8Array {
  const headerBytes = Buffer.from(JSON.stringify(header));
  const textEnds = new Int32Array(order.length);
  let textBytes = 0;
  for (let index = 0; index < order.length; index++) {
    const row = order[index] ?? 0;
    if (index > 0) textBytes += 1;
    textBytes += (packument.ends[row] ?? 0) - (packument.starts[row] ?? 0);
    textEnds[index] = textBytes;
  }
  const counts: SlimCounts = {
    versions: order.length,
    prereleases: prereleases.length,
    stretches: lines.kindFirsts.length,
    runs: lines.firsts.length,
    headerBytes: headerBytes.length,
    textBytes,
    lineBytes: lines.bytes.length,
  };
  const offsets = slimOffsets(counts);
  const bytes = new Uint8Array(offsets.totalBytes);
  const tables = new Int32Array(bytes.buffer, 0, offsets.headerByte / 4);
  tables.set([slimMark, ...Object.values(counts)]);
  tables.set(numbers, offsets.numbers);
  tables.set(prereleases, offsets.prereleases);
  tables.set(textEnds, offsets.textEnds);
  tables.set(lines.kindFirsts, offsets.kindFirsts);
  tables.set(lines.kindOf, offsets.kindOf);
  tables.set(lines.firsts, offsets.runFirsts);
  tables.set(lines.ends, offsets.lineEnds);
  bytes.set(headerBytes, offsets.headerByte);
  let at = offsets.textByte;
  for (const row of order) {
    if (at > offsets.textByte) bytes[at++] = lineFeed;
    at = copyStretch(bytes, at, packument.bytes, packument.starts[row] ?? 0, packument.ends[row] ?? 0);
  }
  bytes.set(lines.bytes, offsets.lineByte);
  bytes.set(digests, offsets.digestByte);
  return bytes;
}

/** {@link slimPackument} of the bytes that a registry sent. Throws an EnkiError when they are no packument. */
export function slimPackumentBytes(name: string, body: Uint8Array): Uint8Array {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  let slim: Uint8Array | undefined;
  try {
    const scanned = scanPackument(bytes, false) ?? scanPackument(plainlySpelled(bytes), true);
    slim = scanned === undefined ? undefined : slimPackument(scanned);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new EnkiError("invalid-registry-document", `The registry's document of ${name} is not JSON`, {
      cause: error,
    });
  }
  if (slim === undefined) {
    throw new EnkiError("invalid-registry-document", `The registry's document of ${name} has no table of versions`);
  }
  return slim;
}

/** The same JSON, with no space in it and no needless escapes. Throws a SyntaxError when it is none. */
function plainlySpelled(bytes: Buffer): Buffer {
  return Buffer.from(JSON.stringify(JSON.parse(bytes.toString("utf8"))));
}
