import { parseJsonDocument } from "../../formats/json.ts";
import { EnkiError } from "../../model/enki-error.ts";
import type { ResolvedPackage } from "../../model/resolution.ts";
import { LockedPins } from "./locked-pin.ts";
import { isJsonObject } from "./package-metadata.ts";

/**
 * The versions and hashes that a bun.lock holds. A package of a registry is a list there: what it is (`debug@4.4.3`, under
 * an alias too), the address of its tarball (empty where that follows from the default registry), what its package.json
 * says, its hash. What comes from elsewhere has an address in the place of a version. Throws an EnkiError
 * (`invalid-lock`).
 */
export function importBunLock(file: string, text: string): readonly ResolvedPackage[] {
  const { document, diagnostics } = parseJsonDocument(file, text, "jsonc");
  const lock = document?.value;
  if (!isJsonObject(lock) || typeof lock["lockfileVersion"] !== "number") {
    throw new EnkiError("invalid-lock", `${file} is no lock of bun`, { diagnostics });
  }
  const pins = new LockedPins();
  for (const entry of Object.values(isJsonObject(lock["packages"]) ? lock["packages"] : {})) {
    const [resolution, url, , integrity] = Array.isArray(entry) ? entry : [];
    const [, name, version] = /^((?:@[^/@]+\/)?[^/@]+)@(.+)$/u.exec(String(resolution)) ?? [];
    if (name !== undefined) pins.add({ name, version, url: url === "" ? undefined : url, integrity });
  }
  return pins.all;
}
