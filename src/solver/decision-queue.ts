import { grown } from "./growable.ts";

const NOT_QUEUED = -1;

/**
 * The packages that must be decided, best first: an indexed binary heap. The order is: lowest class, most conflicts,
 * fewest candidates, first discovered. A package keeps the rank it had when it was last put in.
 */
export class DecisionQueue {
  size = 0;
  private heap = new Int32Array(64);
  // The ranks stand by place in the heap, next to those they are compared with.
  /** Class and conflicts. */
  private major = new Float64Array(64);
  /** Candidates and discovery. */
  private minor = new Float64Array(64);
  private position = new Int32Array(64).fill(NOT_QUEUED);

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
    if (package_ >= this.position.length) this.growPositions(package_ + 1);
    const major = priority * 4294967296 - conflicts;
    const minor = candidates * 67108864 + discovery;
    let at = this.position[package_] ?? NOT_QUEUED;
    if (at === NOT_QUEUED) {
      at = this.size++;
      if (at >= this.heap.length) this.growHeap();
      this.rise(at, package_, major, minor);
    } else {
      this.rise(at, package_, major, minor);
      at = this.position[package_] ?? 0;
      this.sink(at, package_, major, minor);
    }
  }

  remove(package_: number): void {
    if (package_ >= this.position.length) return;
    const at = this.position[package_] ?? NOT_QUEUED;
    if (at === NOT_QUEUED) return;
    this.position[package_] = NOT_QUEUED;
    const last = --this.size;
    if (at === last) return;
    const moved = this.heap[last] ?? 0;
    const major = this.major[last] ?? 0;
    const minor = this.minor[last] ?? 0;
    if (at > 0) this.rise(at, moved, major, minor);
    this.sink(at === 0 ? 0 : (this.position[moved] ?? 0), moved, major, minor);
  }

  byteLength(): number {
    return this.heap.byteLength + this.position.byteLength + this.major.byteLength + this.minor.byteLength;
  }

  /** Puts a package at a place or, past those that come after it, above. */
  private rise(from: number, package_: number, major: number, minor: number): void {
    const { heap, position, major: majors, minor: minors } = this;
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const other = majors[above] ?? 0;
      if (major === other ? minor >= (minors[above] ?? 0) : major > other) break;
      const moved = heap[above] ?? 0;
      heap[at] = moved;
      majors[at] = other;
      minors[at] = minors[above] ?? 0;
      position[moved] = at;
      at = above;
    }
    heap[at] = package_;
    majors[at] = major;
    minors[at] = minor;
    position[package_] = at;
  }

  /** Puts a package at a place or, past those that come before it, below. */
  private sink(from: number, package_: number, major: number, minor: number): void {
    const { heap, position, size, major: majors, minor: minors } = this;
    let at = from;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= size) break;
      let other = majors[below] ?? 0;
      const right = below + 1;
      if (right < size) {
        const rightMajor = majors[right] ?? 0;
        if (rightMajor === other ? (minors[right] ?? 0) < (minors[below] ?? 0) : rightMajor < other) {
          below = right;
          other = rightMajor;
        }
      }
      if (major === other ? minor <= (minors[below] ?? 0) : major < other) break;
      const moved = heap[below] ?? 0;
      heap[at] = moved;
      majors[at] = other;
      minors[at] = minors[below] ?? 0;
      position[moved] = at;
      at = below;
    }
    heap[at] = package_;
    majors[at] = major;
    minors[at] = minor;
    position[package_] = at;
  }

  private growPositions(length: number): void {
    const from = this.position.length;
    this.position = grown(this.position, length);
    this.position.fill(NOT_QUEUED, from);
  }

  private growHeap(): void {
    this.heap = grown(this.heap, this.size);
    const major = new Float64Array(this.heap.length);
    major.set(this.major);
    this.major = major;
    const minor = new Float64Array(this.heap.length);
    minor.set(this.minor);
    this.minor = minor;
  }
}
