import type { WrittenDependency, WrittenRelease } from "../helpers/index-builder.ts";
import { release } from "../helpers/index-builder.ts";

/** One problem for a resolver, small enough to read; what the real cargo says to it is frozen in `answers.json`. */
export interface ResolverCase {
  readonly name: string;
  readonly releases: readonly WrittenRelease[];
  /** What the root requires. */
  readonly root: readonly WrittenDependency[];
  readonly versions?: "highest" | "lowest" | "lowest-direct";
}

/** The outcome of a case: the packages of the lock as `name version`, or why there is none. */
export type CaseAnswer = readonly string[] | "unsatisfiable" | "cycle";

/** A release; a name that ends in `-sys` claims the native library of that name. `foo` alone means version 1.0.0. */
export function crate(
  id: string,
  deps: readonly WrittenDependency[] = [],
  features?: Readonly<Record<string, readonly string[]>>,
): WrittenRelease {
  const [name = "", version = "1.0.0"] = id.split(" ");
  return release(`${name} ${version}`, deps, {
    ...(features === undefined ? {} : { features }),
    ...(name.endsWith("-sys") ? { links: name } : {}),
  });
}

/** An optional dependency. */
export function optional(on: string, extra: Exclude<WrittenDependency, string> | object = {}): WrittenDependency {
  return { on, optional: true, noDefault: true, ...extra };
}

/** A dependency with features. */
export function using(on: string, ...features: readonly string[]): WrittenDependency {
  return { on, features, noDefault: true };
}
