import { readFileSync } from "node:fs";

/** Enki's own version. */
export function packageVersion(): string {
  const document: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  const isPackage = typeof document === "object" && document !== null && "version" in document;
  return isPackage && typeof document.version === "string" ? document.version : "unknown";
}
