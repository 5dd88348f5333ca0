import type { Resolution } from "../model/resolution.ts";
import { invalid } from "./decoder.ts";

/**
 * Checks what the types of a lock can't say: every id spells its package, every edge ends at something the lock
 * holds, hashes are canonical, and no path leaves the project. Throws an EnkiError (`invalid-lock`) for the first
 * thing that is wrong.
 */
export function verifyLockStructure(resolution: Resolution): void {
  const known = new Set<string>();
  for (const root of resolution.roots) {
    known.add(root.id);
    const path = `roots[${JSON.stringify(root.id)}]`;
    if (!root.id.startsWith("root:")) throw invalid(path, 'must have a key that starts with "root:"');
    if (leavesProject(root.file)) throw invalid(`${path}.file`, "must be a path inside the project");
    if (!/^(?:[0-9a-f]{64})?$/.test(root.sha256))
      throw invalid(`${path}.sha256`, "must be 64 lower-case hexadecimal digits");
  }
  for (const resolved of resolution.packages) {
    known.add(resolved.id);
    const path = `packages[${JSON.stringify(resolved.id)}]`;
    const expected = `${resolved.ecosystem}:${resolved.name}@${resolved.version}`;
    // Where a name and a version do not tell it, the source and the package around it follow.
    if (resolved.id !== expected && !/^\?(?:source|within)=/.test(suffixOf(resolved.id, expected))) {
      throw invalid(path, `must have the key ${JSON.stringify(expected)}`);
    }
    resolved.artifacts.forEach((artifact, index) => {
      if (artifact.integrity !== undefined && !isCanonicalIntegrity(artifact.integrity)) {
        throw invalid(`${path}.artifacts[${String(index)}].integrity`, "must be one sha256 or sha512 in base 64");
      }
    });
  }
  for (const edge of resolution.edges) {
    if (!known.has(edge.to))
      throw invalid(`the edge from ${edge.from}`, `leads to ${edge.to}, which is not in the lock`);
  }
  for (const instance of resolution.instances) {
    if (instance.path !== undefined && leavesProject(instance.path)) {
      throw invalid(`packages[${JSON.stringify(instance.package)}].instances`, "must lie inside the project");
    }
  }
}

/** One hash with its whole digest: 32 bytes are 43 digits and one `=`, 64 bytes are 86 and two. */
function isCanonicalIntegrity(integrity: string): boolean {
  return /^(?:sha256-[A-Za-z0-9+/]{43}=|sha512-[A-Za-z0-9+/]{86}==)$/.test(integrity);
}

/** Whether a path is absolute, climbs out with `..`, or would mean something else on another system. */
function leavesProject(path: string): boolean {
  return path === "" || /^(?:[/\\]|[A-Za-z]:)/.test(path) || path.split(/[/\\]/).includes("..");
}

function suffixOf(id: string, start: string): string {
  return id.startsWith(start) ? id.slice(start.length) : "";
}
