import { copyStretch, isSame } from "./byte-ranges.ts";
import { isJsonObject, stringList } from "./package-metadata.ts";
import { fieldNumbers, keptFields, type ScannedPackument } from "./scan-packument.ts";
import type { VersionKind } from "./slim-layout.ts";

/** What restricts where a version runs. */
const platformFields = [fieldNumbers.os, fieldNumbers.cpu, fieldNumbers.libc];

/** How the value of each kept field is introduced. */
const heads = keptFields.map((field) => Buffer.from(`"${field}":`));
const resolvedHead = Buffer.from('"resolved":');
const integrityHead = Buffer.from('"integrity":');
const shasumHead = Buffer.from('"shasum":');
const noIntegrity = Buffer.from('"integrity":null');
const hasInstallScript = Buffer.from('"hasInstallScript":true');
const hasShrinkwrap = Buffer.from('"hasShrinkwrap":true');

/** Scripts that npm runs when it installs a package. */
const installScripts = /"(?:pre|post)?install":"/;

const comma = 0x2c;
const lineFeed = 0x0a;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** Where lines are written; the same memory serves one packument after the other. */
let memory = new Uint8Array(256 * 1024);

/**
 * The lines of a slim packument: everything of a version that a lock entry may need, as the registry wrote it. `resolved`
 * and `integrity` are there only when they are peculiar; an integrity of `null` says that there is none. Neighbouring
 * versions that say the same are a run and have one line.
 */
export class SlimLines {
  /** The first version of each run. */
  readonly firsts: number[] = [];
  /** Where the line of each run ends; one byte lies between two. */
  readonly ends: number[] = [];
  readonly kinds: VersionKind[] = [];
  /** Stretches of versions of one kind: the first version of each, and which kind. */
  readonly kindFirsts: number[] = [];
  readonly kindOf: number[] = [];
  readonly #packument: ScannedPackument;
  /** Where the next byte is written. */
  #at = 0;
  /** The numbers of kinds, by how they are spelled in the document, and by what they say. */
  readonly #spelled = new Map<string, number>();
  readonly #known = new Map<string, number>();

  constructor(packument: ScannedPackument) {
    this.#packument = packument;
  }

  /** All lines, until those of the next packument are written. */
  get bytes(): Uint8Array {
    return memory.subarray(0, this.ends.at(-1) ?? 0);
  }

  /**
   * Adds the version in `row` as number `index`; versions come in their order. Its address is left out when it `isUsual`,
   * its integrity when it `hasDigest`.
   */
  push(index: number, row: number, isUsual: boolean, hasDigest: boolean): void {
    const before = this.ends.at(-1);
    const start = before === undefined ? 0 : before + 1;
    this.#at = start;
    this.#write(row, isUsual, hasDigest);
    if (before !== undefined && this.#isRepeated(start)) return;
    if (before !== undefined) memory[before] = lineFeed;
    this.firsts.push(index);
    this.ends.push(this.#at);
    const number = this.#kindOf(row);
    if (number === this.kindOf.at(-1)) return;
    this.kindFirsts.push(index);
    this.kindOf.push(number);
  }

  /** Writes the line of a row. */
  #write(row: number, isUsual: boolean, hasDigest: boolean): void {
    const packument = this.#packument;
    this.#byte(openBrace);
    if (!isUsual) this.#field(resolvedHead, row, fieldNumbers.tarball);
    if (!hasDigest && packument.end(row, fieldNumbers.integrity) > 0)
      this.#field(integrityHead, row, fieldNumbers.integrity);
    else if (!hasDigest) {
      this.#put(noIntegrity);
      if (packument.end(row, fieldNumbers.shasum) > 0) this.#field(shasumHead, row, fieldNumbers.shasum);
    }
    for (let field = 0; field < heads.length; field++) {
      const head = heads[field];
      if (head !== undefined && packument.end(row, field) > 0) this.#field(head, row, field);
    }
    if (
      packument.text(row, fieldNumbers.hasInstallScript) === "true" ||
      installScripts.test(packument.text(row, fieldNumbers.scripts) ?? "")
    ) {
      this.#put(hasInstallScript);
    }
    if (packument.text(row, fieldNumbers._hasShrinkwrap) === "true") this.#put(hasShrinkwrap);
    this.#byte(closeBrace);
  }

  #field(head: Uint8Array, row: number, field: number): void {
    this.#put(head);
    this.#copy(this.#packument.bytes, this.#packument.start(row, field), this.#packument.end(row, field));
  }

  /** Writes what introduces a field, or a whole one. */
  #put(text: Uint8Array): void {
    if (memory[this.#at - 1] !== openBrace) this.#byte(comma);
    this.#copy(text, 0, text.length);
  }

  #copy(source: Uint8Array, start: number, end: number): void {
    // One more byte, for what may follow.
    if (this.#at + end - start >= memory.length) this.#grow(end - start);
    this.#at = copyStretch(memory, this.#at, source, start, end);
  }

  #byte(byte: number): void {
    if (this.#at + 1 >= memory.length) this.#grow(1);
    memory[this.#at++] = byte;
  }

  #grow(wanted: number): void {
    const larger = new Uint8Array(memory.length * 2 + wanted);
    larger.set(memory);
    memory = larger;
  }

  /** Whether the line that was just written from `start` on says the same as the last. */
  #isRepeated(start: number): boolean {
    const last = (this.ends.at(-2) ?? -1) + 1;
    const length = this.#at - start;
    if (start - 1 - last !== length) return false;
    return isSame(memory, last, memory, start, length);
  }

  /** The number of the kind of a row. */
  #kindOf(row: number): number {
    const packument = this.#packument;
    const isDeprecated = packument.holdsText(row, fieldNumbers.deprecated);
    const spelled = packument.text(row, fieldNumbers.engines) ?? "";
    const platforms = platformFields.map((field) => packument.text(row, field) ?? "[]").join(",");
    const key = `${isDeprecated ? "deprecated " : ""}${spelled} ${platforms}`;
    const known = this.#spelled.get(key);
    if (known !== undefined) return known;
    const kind = {
      isDeprecated,
      engine: nodeEngine(spelled === "" ? undefined : JSON.parse(spelled)),
      platform: platformText(JSON.parse(`[${platforms}]`) as unknown[]),
    };
    const said = JSON.stringify(kind);
    const number = this.#known.get(said) ?? this.kinds.push(kind) - 1;
    this.#known.set(said, number);
    this.#spelled.set(key, number);
    return number;
  }
}

function nodeEngine(engines: unknown): string | null {
  const engine = isJsonObject(engines) ? engines["node"] : undefined;
  return typeof engine === "string" ? engine : null;
}

function platformText(platforms: readonly unknown[]): string | null {
  const lists = platforms.map((list) => stringList(list).join(","));
  return lists.every((list) => list === "") ? null : lists.join(" ");
}
