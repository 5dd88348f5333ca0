import { EnkiError } from "../../model/enki-error.ts";
import type { ResolvedPackage } from "../../model/resolution.ts";
import { LockedPins } from "./locked-pin.ts";

/**
 * The versions and hashes in the section `packages` of a pnpm-lock.yaml. pnpm writes it in one layout, so it is read line
 * by line. Throws an EnkiError (`invalid-lock`) where it is no such file.
 */
export function importPnpmLock(file: string, text: string): readonly ResolvedPackage[] {
  if (!/^lockfileVersion:/mu.test(text)) throw new EnkiError("invalid-lock", `${file} is no lock of pnpm`);
  const pins = new LockedPins();
  let isInside = false;
  let current: { readonly name: string; readonly version: string } | undefined;
  for (const line of text.split(/\r?\n/u)) {
    if (/^\S/u.test(line)) isInside = line === "packages:";
    if (!isInside) continue;
    const key = /^ {2}(\S.*):$/u.exec(line)?.[1];
    if (key !== undefined) {
      current = packageOf(key.replace(/^(['"])(.*)\1$/u, "$2"));
      if (current !== undefined) pins.add(current);
    }
    const integrity = /^ {4,}(?:resolution: \{.*)?integrity: ([\w+/=-]+)/u.exec(line)?.[1];
    if (current !== undefined && integrity !== undefined) pins.add({ ...current, integrity });
  }
  return pins.all;
}

/**
 * The package that a key names: `debug@4.4.0` since version 9, `/debug@4.3.4(supports-color@8.1.1)` in 6,
 * `/debug/4.3.4_supports-color@8.1.1` before.
 */
function packageOf(key: string): { readonly name: string; readonly version: string } | undefined {
  const [, name, version] = /^\/?((?:@[^/@]+\/)?[^/@]+)[@/](\d+\.\d+\.\d+[^(_/]*)/u.exec(key) ?? [];
  return name === undefined || version === undefined ? undefined : { name, version };
}
