/** How far the network is, for showing to a waiting person. */
export interface HttpProgress {
  /** Documents that had to be asked for so far. */
  readonly asked: number;
  /** Of these, how many are settled. */
  readonly answered: number;
  /** Documents that came from the cache without asking. */
  readonly cached: number;
  /** Bytes of bodies received. */
  readonly receivedBytes: number;
  /** Repetitions after failures. */
  readonly retries: number;
  /** The request that has been waiting for longest. */
  readonly slowest?: { readonly what: string; readonly waitingMs: number };
}

/** Counts what happens and tells the listener each time. */
export class ProgressCounter {
  readonly #listener: ((progress: HttpProgress) => void) | undefined;
  readonly #nowMs: () => number;
  /** In the order in which they began: the first is the slowest. */
  readonly #pending = new Map<symbol, { readonly what: string; readonly sinceMs: number }>();
  #asked = 0;
  #cached = 0;
  #receivedBytes = 0;
  #retries = 0;

  constructor(listener: ((progress: HttpProgress) => void) | undefined, nowMs: () => number) {
    this.#listener = listener;
    this.#nowMs = nowMs;
  }

  begin(what: string): symbol {
    const token = Symbol(what);
    this.#asked += 1;
    this.#pending.set(token, { what, sinceMs: this.#nowMs() });
    this.#tell();
    return token;
  }

  end(token: symbol): void {
    this.#pending.delete(token);
    this.#tell();
  }

  received(bytes: number): void {
    this.#receivedBytes += bytes;
    this.#tell();
  }

  retried(): void {
    this.#retries += 1;
    this.#tell();
  }

  cached(): void {
    this.#cached += 1;
    this.#tell();
  }

  snapshot(): HttpProgress {
    const [first] = this.#pending.values();
    return {
      asked: this.#asked,
      answered: this.#asked - this.#pending.size,
      cached: this.#cached,
      receivedBytes: this.#receivedBytes,
      retries: this.#retries,
      ...(first === undefined
        ? {}
        : { slowest: { what: first.what, waitingMs: Math.max(0, this.#nowMs() - first.sinceMs) } }),
    };
  }

  #tell(): void {
    this.#listener?.(this.snapshot());
  }
}
