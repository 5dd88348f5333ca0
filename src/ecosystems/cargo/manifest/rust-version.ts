import type { CargoVersion } from "../versions/version.ts";
import { compareVersions, parseVersion } from "../versions/version.ts";

/** Reads a `rust-version`: one to three numbers and nothing else; a string is the problem. */
export function parseRustVersion(text: string): CargoVersion | string {
  const match = /^(\d+)(?:\.(\d+))?(?:\.(\d+))?(.*)$/su.exec(text);
  if (match === null) return "it is a version, without an operator";
  const [, major = "", minor = "0", patch = "0", rest = ""] = match;
  if (rest.startsWith("-")) return "it has a pre-release tag";
  if (rest.startsWith("+")) return "it has build metadata";
  if (rest !== "") return "it is a single version";
  return parseVersion(`${major}.${minor}.${patch}`) ?? "its numbers are no version";
}

/** Whether a toolchain of version `rustc` satisfies `rustVersion`; an unreadable one counts as satisfied, as in cargo. */
export function isRustCompatible(rustVersion: string | undefined, rustc: CargoVersion): boolean {
  if (rustVersion === undefined) return true;
  const minimum = parseRustVersion(rustVersion);
  // A nightly 1.90.0-nightly counts as 1.90.0.
  return typeof minimum === "string" || compareVersions({ ...rustc, prerelease: "", build: "" }, minimum) >= 0;
}
