import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { EnkiError } from "../../model/enki-error.ts";
import { slimPackumentBytes } from "./slim-packument.ts";

export interface SlimRequest {
  readonly number: number;
  readonly name: string;
  readonly body: Uint8Array<ArrayBuffer>;
}

export interface SlimAnswer {
  readonly number: number;
  /** Whether `bytes` is the slim form; else it is the body, which has none. */
  readonly isSlim: boolean;
  readonly bytes: Uint8Array;
}

/** A thread is started when this much was read without one: a package or two are done by then. */
const bytesBeforeThread = 64 * 1024;

/**
 * How much may wait for the thread; what is more is read here. That is a bound of memory: the thread is faster than the
 * network's answers can be taken, and code that runs in one place is compiled once.
 */
const waitingBytes = 16 * 1024 * 1024;

interface Waiting {
  readonly name: string;
  readonly bytes: number;
  readonly resolve: (slim: Uint8Array) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Makes slim forms of packuments, beside the thread that talks to the registry: parsing is the largest part of a run
 * with an empty cache, and it needs nothing but the bytes.
 */
export class SlimThread {
  #worker: Worker | undefined;
  #bytesSoFar = 0;
  #bytesWaiting = 0;
  #number = 0;
  readonly #waiting = new Map<number, Waiting>();
  /** What goes to the thread with the next message: a message costs more than most of the work that it asks for. */
  #outgoing: SlimRequest[] = [];
  /** Run from its sources, Enki has no compiled file that a thread could start with. */
  #isPossible = import.meta.url.endsWith(".js") && availableParallelism() > 1;

  /** The slim form of a body. Throws, or rejects with, an EnkiError when it is no packument. `body` is used up. */
  slim(name: string, body: Uint8Array): Uint8Array | Promise<Uint8Array> {
    this.#bytesSoFar += body.length;
    const isWorthwhile = this.#isPossible && this.#bytesSoFar > bytesBeforeThread;
    if (!isWorthwhile || this.#bytesWaiting > waitingBytes) return slimPackumentBytes(name, body);
    this.#worker ??= this.#start();
    const number = this.#number++;
    const own = ownMemory(body);
    this.#bytesWaiting += own.length;
    if (this.#waiting.size === 0) this.#worker.ref();
    if (this.#outgoing.length === 0) setImmediate(() => this.#send());
    this.#outgoing.push({ number, name, body: own });
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, { name, bytes: own.length, resolve, reject });
    });
  }

  #send(): void {
    const requests = this.#outgoing;
    this.#outgoing = [];
    // A thread has no origin to name.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    this.#worker?.postMessage(
      requests,
      requests.map(({ body }) => body.buffer),
    );
  }

  #start(): Worker {
    const worker = new Worker(new URL("slim-worker.js", import.meta.url));
    worker.unref();
    worker.on("message", (answers: readonly SlimAnswer[]) => {
      for (const answer of answers) this.#take(answer);
    });
    worker.on("error", (error) => this.#giveUp(error));
    return worker;
  }

  #take({ number, isSlim, bytes }: SlimAnswer): void {
    const waiting = this.#waiting.get(number);
    if (waiting === undefined) return;
    this.#waiting.delete(number);
    this.#bytesWaiting -= waiting.bytes;
    // Nothing but work under way keeps the process alive.
    if (this.#waiting.size === 0) this.#worker?.unref();
    try {
      waiting.resolve(isSlim ? bytes : slimPackumentBytes(waiting.name, bytes));
    } catch (error) {
      waiting.reject(error);
    }
  }

  /** The thread is no more, and what it was given with it. */
  #giveUp(cause: unknown): void {
    this.#isPossible = false;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    this.#bytesWaiting = 0;
    for (const { name, reject } of waiting) {
      reject(new EnkiError("internal", `the thread that read the registry's document of ${name} ended`, { cause }));
    }
  }
}

/** What a decoder leaves free behind what it has written. */
const spareBytes = 16;

/** Bytes in memory of their own, which can be handed over as it is; other bodies share theirs. */
function ownMemory(body: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = body;
  const isOwn = buffer instanceof ArrayBuffer && byteOffset === 0 && buffer.byteLength - byteLength <= spareBytes;
  return isOwn ? new Uint8Array(buffer, 0, byteLength) : new Uint8Array(body);
}
