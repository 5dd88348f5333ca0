import type { Stopped } from "../solver/outcome.ts";
import type { Narrator } from "./narrator.ts";

/** What the packages are called over which a solve was stopped; proxies of one package are one to a person. */
export function contestedNames({ contested }: Stopped, narrator: Narrator): readonly string[] {
  return [...new Set(contested.map((package_) => narrator.describe(package_).label))];
}
