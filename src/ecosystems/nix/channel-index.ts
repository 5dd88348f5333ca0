import { brotliDecompressSync } from "node:zlib";
import { EnkiError } from "../../model/enki-error.ts";
import { compareBytewise } from "../../model/order.ts";
import { JsonScanner } from "./json-scanner.ts";
import { isAttributePath } from "./name-table.ts";
import { compareNixVersions } from "./version.ts";

/** Limit of a channel's index after decompression, in bytes; a real one has about 150 MB. */
const maximumIndexBytes = 512 * 1024 * 1024;

/**
 * Reads the `packages.json` of a channel, plain or compressed with brotli: the version of every attribute. Versions
 * that are empty or missing are left out. Throws an EnkiError for anything that is not such an index.
 */
export function readChannelIndex(bytes: Uint8Array): ReadonlyMap<string, string> {
  const versions = new Map<string, string>();
  const scanner = new JsonScanner(isPlain(bytes) ? bytes : decompress(bytes));
  let hasPackages = false;
  scanner.members((key) => {
    if (key !== "packages") {
      scanner.skip();
      return;
    }
    hasPackages = true;
    scanner.members((attribute) => {
      let version: string | undefined;
      scanner.members((field) => {
        if (field === "version") version = scanner.optionalText();
        else scanner.skip();
      });
      if (version !== undefined && version !== "" && isAttributePath(attribute)) versions.set(attribute, version);
    });
  });
  if (!hasPackages) {
    throw new EnkiError("invalid-registry-document", 'the nixpkgs index has no member "packages"', {
      hint: "use the packages.json or packages.json.br of a channel",
    });
  }
  return versions;
}

/** The attributes that offer toolchains in an index, the channel's default first, then the newest. */
export function toolAttributes(versions: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> {
  return new Map(
    toolPatterns.map(({ tool, pattern, defaultAttribute }) => {
      const attributes = [...versions.keys()].filter((attribute) => pattern.test(attribute));
      const named = attributes.length > 0 || !versions.has(defaultAttribute) ? attributes : [defaultAttribute];
      const preferred = versions.get(defaultAttribute);
      const rank = (attribute: string): number => (versions.get(attribute) === preferred ? 0 : 1);
      const byVersion = (left: string, right: string): number =>
        compareNixVersions(versions.get(right) ?? "", versions.get(left) ?? "") || compareBytewise(left, right);
      return [tool, [...named].toSorted((left, right) => rank(left) - rank(right) || byVersion(left, right))];
    }),
  );
}

const toolPatterns = [
  { tool: "cc", pattern: /^gcc\d+$/, defaultAttribute: "gcc" },
  { tool: "node", pattern: /^nodejs_\d+$/, defaultAttribute: "nodejs" },
  { tool: "ocaml", pattern: /^ocaml-ng\.ocamlPackages_\d+_\d+\.ocaml$/, defaultAttribute: "ocaml" },
  { tool: "python", pattern: /^python3\d+$/, defaultAttribute: "python3" },
  { tool: "rustc", pattern: /^rustc$/, defaultAttribute: "rustc" },
];

function isPlain(bytes: Uint8Array): boolean {
  const first = bytes.find((byte) => byte > 0x20);
  return first === 0x7b;
}

function decompress(bytes: Uint8Array): Uint8Array {
  try {
    return brotliDecompressSync(bytes, { maxOutputLength: maximumIndexBytes });
  } catch (error) {
    throw new EnkiError("invalid-registry-document", "the nixpkgs index is neither JSON nor compressed with brotli", {
      hint: "use the packages.json or packages.json.br of a channel",
      cause: error,
    });
  }
}
