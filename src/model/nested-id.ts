import type { PackageId } from "./resolution.ts";

const MARK = "within=";

/** The id of a package that is only part of building another one: the crates of a Python source distribution. */
export function nestedId(id: PackageId, within: PackageId): PackageId {
  return `${id}${id.includes("?") ? "&" : "?"}${MARK}${within}`;
}

/** The package whose build an id belongs to; `undefined` for packages of the service itself. */
export function nestedWithin(id: PackageId): PackageId | undefined {
  const [, within] = /[?&]within=(.+)$/s.exec(id) ?? [];
  return within;
}

/** An id without what {@link nestedId} added. */
export function withoutNesting(id: PackageId): PackageId {
  return id.replace(/[?&]within=.+$/s, "");
}
