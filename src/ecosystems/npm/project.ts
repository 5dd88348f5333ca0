import type { JsonObject } from "../../model/json.ts";
import type { Origin } from "../../model/origin.ts";

/** npm's kinds of dependency (Arborist's edge types). */
export type NpmEdgeKind = "prod" | "dev" | "optional" | "peer" | "peerOptional";

/** One dependency of a package that lies in the project. */
export interface LocalEdge {
  readonly name: string;
  /** As written. */
  readonly spec: string;
  readonly kind: NpmEdgeKind;
  readonly origin: Origin;
}

/** A package.json in the project: the root, a workspace, or a folder that a `file:` dependency names. */
export interface LocalPackage {
  /** Relative to the root manifest's folder, with forward slashes; empty for the root itself. */
  readonly path: string;
  /** The name in package.json, or the folder's name. */
  readonly name: string;
  /** Empty when package.json gives none. */
  readonly version: string;
  readonly edges: readonly LocalEdge[];
  /** What the lock repeats of it, as npm writes it. */
  readonly lockFields: JsonObject;
  readonly nodeEngine?: string;
}

/** One package.json that is a root, with its workspaces. */
export interface NpmProject {
  /** Relative to Enki's project directory. */
  readonly file: string;
  /** The folder of {@link file}, relative to Enki's project directory; empty when it is that directory. */
  readonly directory: string;
  readonly root: LocalPackage;
  readonly workspaces: readonly LocalPackage[];
  readonly overrides: JsonObject | undefined;
  /** Layout of package.json, which npm gives the lock too. */
  readonly indentation: string;
  readonly newline: string;
  /** Made up of requirements that no package.json holds; it has no lock of its own. */
  readonly isSynthetic?: true;
  /** Its edges are what packages of other ecosystems may turn out to need: those that the selection fulfils count. */
  readonly hasTentativeEdges?: true;
}

/** Joins relative paths with forward slashes, resolving `.` and `..` where possible. */
export function joinPath(...parts: readonly string[]): string {
  const steps: string[] = [];
  for (const step of parts.join("/").split("/")) {
    if (step === "" || step === ".") continue;
    if (step === ".." && steps.length > 0 && steps.at(-1) !== "..") steps.pop();
    else steps.push(step);
  }
  return steps.join("/");
}
