import { EnkiError } from "../model/enki-error.ts";

/**
 * A path inside the project or inside a package, in its simplest form: forward slashes, no `.`; empty for the top.
 * Throws an EnkiError (`invalid-lock`) for one that is absolute, climbs out, or holds a control character.
 */
export function innerPath(path: string, whose: string): string {
  const steps = path.split("/").filter((step) => step !== "" && step !== ".");
  const isOutside = path.startsWith("/") || steps.includes("..") || path.includes("\\");
  const hasControl = /\p{Cc}/u.test(path);
  if (isOutside || hasControl) {
    throw new EnkiError("invalid-lock", `${whose} has the path ${JSON.stringify(path)}, which leaves its place`);
  }
  return steps.join("/");
}

/** The folder of a file, empty for the top. */
export function directoryOf(file: string): string {
  const slash = file.lastIndexOf("/");
  return slash === -1 ? "" : file.slice(0, slash);
}
