import { createHash, type Hash } from "node:crypto";

/** A file tree as Nix archives it: names, contents, executable bits and links; no times, no owners. */
export type NarNode =
  | { readonly kind: "file"; readonly content: Uint8Array; readonly isExecutable: boolean }
  | { readonly kind: "link"; readonly target: string }
  | { readonly kind: "directory"; readonly entries: ReadonlyMap<string, NarNode> };

/**
 * The hash that `nix hash path` gives a tree (Nix thesis, section 5.2, "Nix Archive"), as Subresource Integrity text.
 * A fixed-output fetch of a Git checkout is locked with it.
 */
export function narIntegrity(node: NarNode): string {
  const hash = createHash("sha256");
  writeText(hash, "nix-archive-1");
  writeNode(hash, node);
  return `sha256-${hash.digest("base64")}`;
}

function writeNode(hash: Hash, node: NarNode): void {
  writeText(hash, "(");
  writeText(hash, "type");
  switch (node.kind) {
    case "file":
      writeText(hash, "regular");
      if (node.isExecutable) {
        writeText(hash, "executable");
        writeText(hash, "");
      }
      writeText(hash, "contents");
      writeBytes(hash, node.content);
      break;
    case "link":
      writeText(hash, "symlink");
      writeText(hash, "target");
      writeText(hash, node.target);
      break;
    case "directory":
      writeText(hash, "directory");
      for (const [name, entry] of [...node.entries].toSorted(([left], [right]) => compareBytes(left, right))) {
        for (const word of ["entry", "(", "name", name, "node"]) writeText(hash, word);
        writeNode(hash, entry);
        writeText(hash, ")");
      }
  }
  writeText(hash, ")");
}

/** Nix sorts names by their bytes, which UTF-16 order is not beyond the basic plane. */
function compareBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

function writeText(hash: Hash, text: string): void {
  writeBytes(hash, Buffer.from(text));
}

function writeBytes(hash: Hash, bytes: Uint8Array): void {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(bytes.length));
  hash.update(length);
  hash.update(bytes);
  hash.update(Buffer.alloc((8 - (bytes.length % 8)) % 8));
}
