import type { LockVersion } from "./manifest-document.ts";
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

/** The newest lock format that every toolchain of `rustVersions` reads; a member without one reads any. */
export function lockVersionFor(rustVersions: readonly (string | undefined)[]): LockVersion {
  let result: LockVersion = 4;
  for (const text of rustVersions) {
    const version = text === undefined ? undefined : parseRustVersion(text);
    if (version === undefined || typeof version === "string" || version.major !== 1) continue;
    const readable = version.minor >= 83 ? 4 : version.minor >= 53 ? 3 : version.minor >= 41 ? 2 : 1;
    if (readable < result) result = readable;
  }
  return result;
}

/** Whether a toolchain of version `rustc` satisfies `rustVersion`; an unreadable one counts as satisfied, as in cargo. */
export function isRustCompatible(rustVersion: string | undefined, rustc: CargoVersion): boolean {
  if (rustVersion === undefined) return true;
  const minimum = parseRustVersion(rustVersion);
  // A nightly 1.90.0-nightly counts as 1.90.0.
  return typeof minimum === "string" || compareVersions({ ...rustc, prerelease: "", build: "" }, minimum) >= 0;
}
