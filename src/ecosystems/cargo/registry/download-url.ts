import type { CrateSource } from "../package/crate-source.ts";
import { publicRegistry } from "../package/crate-source.ts";
import type { Release } from "../package/release.ts";
import { indexDirectory } from "./index-path.ts";

/** Where the public registry keeps its crates. */
export const publicDownloads = "https://static.crates.io/crates";

/** The `dl` template of a registry's config.json; the public registry's own when an index comes without one. */
export function downloadTemplate(config: Uint8Array | undefined, source: CrateSource): string | undefined {
  if (config !== undefined) {
    try {
      const value: unknown = JSON.parse(new TextDecoder().decode(config));
      if (typeof value === "object" && value !== null) {
        const { dl }: { dl?: unknown } = value;
        if (typeof dl === "string") return dl;
      }
    } catch {
      // An unreadable config.json means no known download address; resolving does not need one.
    }
  }
  return source.id === publicRegistry.id ? publicDownloads : undefined;
}

/** Where a release is downloaded from (cargo book, "Index configuration"). */
export function downloadUrl(template: string | undefined, release: Release): string | undefined {
  if (template === undefined) return undefined;
  const { crate, version, checksum } = release;
  if (!template.includes("{")) return `${template}/${crate}/${version.text}/download`;
  return template
    .replaceAll("{crate}", crate)
    .replaceAll("{version}", version.text)
    .replaceAll("{prefix}", indexDirectory(crate))
    .replaceAll("{lowerprefix}", indexDirectory(crate.toLowerCase()))
    .replaceAll("{sha256-checksum}", checksum ?? "");
}
