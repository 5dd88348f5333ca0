import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Script } from "node:vm";
import { crc32 } from "node:zlib";
import type { CompiledCode, CompiledScript } from "./compiled-code.ts";

/** What the code of a chunk is called with, as Node calls a CommonJS module. */
type Evaluate = (exports: object, load: (name: string) => unknown, module: { exports: object }, url: string) => void;

/** A chunk that was loaded in this run. */
interface Chunk {
  readonly script: Script;
  /** CRC-32 of the file. */
  readonly source: number;
  /** Its code, where it was at hand. */
  readonly known: CompiledScript | undefined;
  exports: object;
}

/** Loads the chunks of the bundled command, from compiled code where there is some for just these bytes. */
export class ChunkLoader {
  readonly #directory: string;
  readonly #compiled: CompiledCode;
  readonly #external: (name: string) => unknown;
  readonly #url: string;
  readonly #chunks = new Map<string, Chunk>();
  #memory = Buffer.allocUnsafeSlow(512 * 1024);

  /** @param external Loads what is no chunk: modules of Node, packages outside of the bundle. */
  constructor(directory: string, compiled: CompiledCode, external: (name: string) => unknown) {
    this.#directory = directory;
    this.#compiled = compiled;
    this.#external = external;
    this.#url = pathToFileURL(join(directory, "chunk.js")).href;
  }

  /** What a module exports: `./name.js` for chunks. */
  load(name: string): unknown {
    if (!name.startsWith("./")) return this.#external(name);
    const file = name.slice(2);
    const loaded = this.#chunks.get(file);
    if (loaded !== undefined) return loaded.exports;
    const path = join(this.#directory, file);
    const bytes = this.#read(path);
    const source = crc32(bytes);
    const known = this.#compiled.get(file);
    const script = new Script(bytes.toString("latin1"), {
      filename: path,
      ...(known?.source === source ? { cachedData: known.code } : {}),
    });
    const chunk: Chunk = { script, source, known: isUsed(script) ? known : undefined, exports: {} };
    this.#chunks.set(file, chunk);
    const evaluate = script.runInThisContext() as Evaluate;
    evaluate(chunk.exports, (other) => this.load(other), chunk, this.#url);
    return chunk.exports;
  }

  /** The bytes of a file, which are ASCII; valid until the next is read, because new memory costs more than reading does. */
  #read(path: string): Buffer {
    const file = openSync(path, "r");
    try {
      const { size } = fstatSync(file);
      if (size > this.#memory.length) this.#memory = Buffer.allocUnsafeSlow(size * 2);
      return this.#memory.subarray(0, readSync(file, this.#memory, 0, size, 0));
    } finally {
      closeSync(file);
    }
  }

  /** Whether there was code for every chunk that was loaded. */
  get isAtHand(): boolean {
    return [...this.#chunks.values()].every(({ known }) => known !== undefined);
  }

  /**
   * The code of this run, functions compiled on the way included, together with what was at hand of other chunks that
   * are still there. `undefined` when every chunk was at hand; with `wantsMore`, only if there is no more code than that:
   * a run compiles what runs before it did not come past.
   */
  newCode(wantsMore: boolean): CompiledCode | undefined {
    const { isAtHand } = this;
    if (isAtHand && !wantsMore) return undefined;
    const chunks = [...this.#chunks];
    const own = chunks.map(
      ([name, { script, source }]) => [name, { source, code: script.createCachedData() }] as const,
    );
    const bytes = own.reduce((sum, [, { code }]) => sum + code.length, 0);
    const bytesAtHand = chunks.reduce((sum, [, { known }]) => sum + (known?.code.length ?? 0), 0);
    if (isAtHand && bytes <= bytesAtHand) return undefined;
    const others = [...this.#compiled].filter(([name]) => existsSync(join(this.#directory, name)));
    return new Map([...others, ...own]);
  }
}

/** V8 refuses the code of another version of itself, and that made under other settings. */
function isUsed({ cachedDataRejected }: Script): boolean {
  return cachedDataRejected === false;
}
