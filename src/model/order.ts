/**
 * Orders strings by their UTF-16 code units: the same in every locale, unlike `localeCompare`. Everything that Enki
 * writes is sorted with it, unless a foreign format prescribes another order.
 */
export function compareBytewise(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Orders entries by their keys. By index: taking entries apart costs iterators, and large locks have many entries. */
export function byEntryKey(left: readonly [string, unknown], right: readonly [string, unknown]): number {
  return compareBytewise(left[0], right[0]);
}
