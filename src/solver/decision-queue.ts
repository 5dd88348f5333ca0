import { grown } from "./growable.ts";

const NOT_QUEUED = -1;

/**
 * The packages that must be decided, best first: an indexed binary heap. The order is: lowest class, most conflicts,
 * fewest candidates, first discovered. A package keeps the rank it had when it was last put in.
 */
export class DecisionQueue {
  size = 0;
  private heap = new Int32Array(64);
  private position = new Int32Array(64).fill(NOT_QUEUED);
  /** Class and conflicts. */
  private major = new Float64Array(64);
  /** Candidates and discovery. */
  private minor = new Float64Array(64);

  /** Forgets every package. Cheap: only what is queued is touched. */
  clear(): void {
    for (let index = 0; index < this.size; index++) this.position[this.heap[index] ?? 0] = NOT_QUEUED;
    this.size = 0;
  }

  peek(): number {
    return this.heap[0] ?? NOT_QUEUED;
  }

  /** The queued packages in no particular but deterministic order. */
  at(index: number): number {
    return this.heap[index] ?? NOT_QUEUED;
  }

  put(package_: number, priority: number, conflicts: number, candidates: number, discovery: number): void {
    if (package_ >= this.position.length) this.growRows(package_ + 1);
    this.major[package_] = priority * 4294967296 - conflicts;
    this.minor[package_] = candidates * 67108864 + discovery;
    let at = this.position[package_] ?? NOT_QUEUED;
    if (at === NOT_QUEUED) {
      at = this.size++;
      if (at >= this.heap.length) this.heap = grown(this.heap, at + 1);
      this.heap[at] = package_;
      this.position[package_] = at;
      this.rise(at);
    } else {
      this.rise(at);
      this.sink(this.position[package_] ?? 0);
    }
  }

  remove(package_: number): void {
    if (package_ >= this.position.length) return;
    const at = this.position[package_] ?? NOT_QUEUED;
    if (at === NOT_QUEUED) return;
    this.position[package_] = NOT_QUEUED;
    this.size -= 1;
    if (at === this.size) return;
    const moved = this.heap[this.size] ?? 0;
    this.heap[at] = moved;
    this.position[moved] = at;
    this.rise(at);
    this.sink(this.position[moved] ?? 0);
  }

  byteLength(): number {
    return this.heap.byteLength + this.position.byteLength + this.major.byteLength + this.minor.byteLength;
  }

  private isBefore(a: number, b: number): boolean {
    const majorA = this.major[a] ?? 0;
    const majorB = this.major[b] ?? 0;
    return majorA === majorB ? (this.minor[a] ?? 0) < (this.minor[b] ?? 0) : majorA < majorB;
  }

  private rise(from: number): void {
    const { heap, position } = this;
    const package_ = heap[from] ?? 0;
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const other = heap[above] ?? 0;
      if (!this.isBefore(package_, other)) break;
      heap[at] = other;
      position[other] = at;
      at = above;
    }
    heap[at] = package_;
    position[package_] = at;
  }

  private sink(from: number): void {
    const { heap, position, size } = this;
    const package_ = heap[from] ?? 0;
    let at = from;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= size) break;
      if (below + 1 < size && this.isBefore(heap[below + 1] ?? 0, heap[below] ?? 0)) below += 1;
      const other = heap[below] ?? 0;
      if (!this.isBefore(other, package_)) break;
      heap[at] = other;
      position[other] = at;
      at = below;
    }
    heap[at] = package_;
    position[package_] = at;
  }

  private growRows(length: number): void {
    const from = this.position.length;
    const capacity = Math.max(length, from * 2);
    this.position = grown(this.position, capacity);
    this.position.fill(NOT_QUEUED, from);
    const major = new Float64Array(capacity);
    major.set(this.major);
    this.major = major;
    const minor = new Float64Array(capacity);
    minor.set(this.minor);
    this.minor = minor;
  }
}
