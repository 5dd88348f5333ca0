/** Whether the `length` bytes from `at` on are those of another stretch from `from` on. */
export function isSame(bytes: Uint8Array, at: number, others: Uint8Array, from: number, length: number): boolean {
  for (let index = 0; index < length; index++) {
    if (bytes[at + index] !== others[from + index]) return false;
  }
  return true;
}

/** Compares two stretches as texts. */
export function compareStretches(
  bytes: Uint8Array,
  leftFrom: number,
  leftEnd: number,
  rightFrom: number,
  rightEnd: number,
): number {
  const length = Math.min(leftEnd - leftFrom, rightEnd - rightFrom);
  for (let index = 0; index < length; index++) {
    const difference = (bytes[leftFrom + index] ?? 0) - (bytes[rightFrom + index] ?? 0);
    if (difference !== 0) return difference;
  }
  return leftEnd - leftFrom - (rightEnd - rightFrom);
}

/** Copies a stretch to `at`, and returns where it ends there. Most are too short for what a built-in copy costs. */
export function copyStretch(target: Uint8Array, at: number, source: Uint8Array, from: number, end: number): number {
  let to = at;
  for (let index = from; index < end; index++) target[to++] = source[index] ?? 0;
  return to;
}
