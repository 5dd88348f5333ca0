import { EnkiError } from "../../model/enki-error.ts";
import type { ResolvedPackage } from "../../model/resolution.ts";
import { LockedPins } from "./locked-pin.ts";

interface Entry {
  /** The first of the specifications that the entry answers: `debug@^4.3.1`, `debug@npm:^4.3.1`, `alias@npm:real@^1`. */
  readonly specification: string;
  readonly fields: Map<string, string>;
}

/**
 * The versions and hashes that a yarn.lock holds: yarn 1, whose fields are `key "value"`, and later ones, whose fields are
 * `key: value`. Throws an EnkiError (`invalid-lock`) where it is neither.
 */
export function importYarnLock(file: string, text: string): readonly ResolvedPackage[] {
  const pins = new LockedPins();
  for (const { specification, fields } of entriesOf(file, text)) {
    const version = fields.get("version");
    const resolution = fields.get("resolution");
    if (resolution === undefined) {
      const name = nameInRegistry(specification);
      const url = fields.get("resolved")?.replace(/#.*$/u, "");
      if (name !== undefined) pins.add({ name, version, url, integrity: fields.get("integrity") });
    } else {
      // The checksum is of the archive in yarn's own cache. What yarn patches is that version all the same.
      const name = /^(@?[^@]+)@(?:npm|patch):/u.exec(resolution)?.[1];
      if (name !== undefined) pins.add({ name, version });
    }
  }
  return pins.all;
}

function entriesOf(file: string, text: string): readonly Entry[] {
  const entries: Entry[] = [];
  for (const line of text.split(/\r?\n/u)) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    if (!line.startsWith(" ")) {
      if (!line.endsWith(":")) throw new EnkiError("invalid-lock", `${file} is no lock of yarn`);
      const [specification = ""] = line.slice(0, -1).split(",");
      entries.push({ specification: unquoted(specification), fields: new Map() });
      continue;
    }
    // Deeper lines are about dependencies.
    const [, key, value] = /^ {2}([A-Za-z][\w-]*):? (\S.*)$/u.exec(line) ?? [];
    if (key !== undefined && value !== undefined) entries.at(-1)?.fields.set(key, unquoted(value));
  }
  return entries;
}

/** What the registry calls a package of yarn 1; `undefined` for what comes from elsewhere: `x@user/repository`. */
function nameInRegistry(specification: string): string | undefined {
  const wanted = /^@?[^@]+@npm:(.+)$/u.exec(specification)?.[1] ?? specification;
  const [, name, range = ""] = /^(@?[^@]+)(?:@(.*))?$/u.exec(wanted) ?? [];
  return /[:/]/u.test(range) ? undefined : name;
}

function unquoted(text: string): string {
  return text.trim().replaceAll(/^"|"$/gu, "");
}
