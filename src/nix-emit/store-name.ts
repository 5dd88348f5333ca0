import { createHash } from "node:crypto";

/** The longest name of a store path that Enki writes; Nix allows 211 characters, four of them for `.drv`. */
const maximumLength = 207;

/** What the names that {@link storeName} had to change end in. */
const markPattern = /-[0-9a-f]{16}$/;

/**
 * A name as Nix allows it in the store: `[A-Za-z0-9+._?=-]`, at most 207 characters, no leading dot, not ending in
 * `.drv`. Different names give different ones: a name that had to be changed, or that looks as if it had been, ends in
 * a hash of the original.
 */
export function storeName(name: string): string {
  if (isStoreName(name) && !markPattern.test(name)) return name;
  const mark = createHash("sha256").update(name).digest("hex").slice(0, 16);
  const readable = name.replaceAll(/[^A-Za-z0-9+._?=-]+/g, "-").replace(/^[.-]+/, "");
  const short = readable.slice(0, maximumLength - mark.length - 1);
  return short === "" ? `x-${mark}` : `${short}-${mark}`;
}

/** Whether Nix accepts the name as it is, within Enki's limits. */
export function isStoreName(name: string): boolean {
  return name.length <= maximumLength && /^[A-Za-z0-9+_?=-][A-Za-z0-9+._?=-]*$/.test(name) && !name.endsWith(".drv");
}
