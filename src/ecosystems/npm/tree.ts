import { parseDependencySpec } from "./dependency-spec.ts";
import { joinPath } from "./project.ts";
import { type Placeable, type PlacementEdge, unknownContent } from "./placement-graph.ts";
import { rangeHolds } from "./version-range.ts";

/** Why a name must not change its meaning below a folder. */
interface Passage {
  /** Something below resolves the name to this folder, further up. */
  resolved: TreeNode | undefined;
  /** Something below does without the name; if it does appear, it must be in these ranges. */
  accepted: Set<string> | undefined;
}

const NOTHING: ReadonlyMap<string, TreeNode> = new Map<string, TreeNode>();

/** One folder of the tree that npm would install: a package, or a link to a folder elsewhere in the tree. */
export class TreeNode {
  readonly name: string;
  readonly content: Placeable;
  /** The folder whose node_modules it lies in, or around it for workspaces and linked folders. */
  readonly parent: TreeNode | undefined;
  readonly #path: string | undefined;
  readonly linkTarget: TreeNode | undefined;
  // Most folders have neither, and a placement is made many times over.
  #children: Map<string, TreeNode> | undefined;
  #passages: Map<string, Passage> | undefined;
  /** Edges of the folder's own up to here, peers of packages not among them, find something here or above. */
  #servedEdges = 0;
  /** Those that do not. */
  #open: Set<string> | undefined;

  constructor(
    name: string,
    content: Placeable,
    place: { parent: TreeNode | undefined; path?: string; linkTarget?: TreeNode | undefined },
  ) {
    this.name = name;
    this.content = content;
    this.parent = place.parent;
    this.#path = place.path;
    this.linkTarget = place.linkTarget;
    if (place.linkTarget !== undefined) return;
    for (const bundled of content.manifest?.bundled ?? []) {
      this.addChild(new TreeNode(bundled, unknownContent, { parent: this }));
    }
  }

  /** What lies in its node_modules, by name. */
  get children(): ReadonlyMap<string, TreeNode> {
    return this.#children ?? NOTHING;
  }

  addChild(child: TreeNode): void {
    (this.#children ??= new Map<string, TreeNode>()).set(child.name, child);
  }

  /** Path below the root; only roots, workspaces and linked folders have one that does not follow from their place. */
  get path(): string {
    return this.#path ?? joinPath(this.parent?.path ?? "", "node_modules", this.name);
  }

  /** What `require(name)` finds from here. */
  resolve(name: string): TreeNode | undefined {
    return this.#children?.get(name) ?? this.parent?.resolve(name);
  }

  /**
   * Whether `content` may appear here under `name` without changing what this folder or anything below resolves to. To be
   * asked only where nothing lies under `name`.
   */
  admits(name: string, content: Placeable): boolean {
    if (this.#servedEdges > 0) {
      const own = this.content.edgeByName.get(name);
      if (own !== undefined && own.isOwn && own.index < this.#servedEdges && this.#open?.has(name) !== true)
        return false;
    }
    const passage = this.#passages?.get(name);
    if (passage === undefined) return true;
    if (passage.resolved !== undefined) return false;
    return passage.accepted === undefined || [...passage.accepted].every((spec) => specAdmits(name, spec, content));
  }

  /**
   * Notes that `edge` of this folder finds `found`. Only folders above are told: for this one, how many of its edges were
   * served says as much, and most folders have nothing but the root above them.
   */
  serve(edge: PlacementEdge, found: TreeNode): void {
    this.#servedEdges = edge.index + 1;
    if (found.parent !== this) this.parent?.passThrough(edge.name, found);
  }

  /** Notes that an edge of this folder finds nothing. */
  leaveOpen({ name }: PlacementEdge): void {
    (this.#open ??= new Set()).add(name);
  }

  /** Notes that from this folder up to `found` (not included) the name passes through. */
  passThrough(name: string, found: TreeNode): void {
    if (found.parent === this) return;
    this.#passage(name).resolved = found;
    this.parent?.passThrough(name, found);
  }

  /** Notes that something here does without `name`, unless it is in `spec`. */
  goWithout(name: string, spec: string): void {
    const passage = this.#passage(name);
    passage.accepted = (passage.accepted ?? new Set()).add(spec);
    this.parent?.goWithout(name, spec);
  }

  #passage(name: string): Passage {
    const passages = (this.#passages ??= new Map<string, Passage>());
    const known = passages.get(name);
    if (known !== undefined) return known;
    const passage: Passage = { resolved: undefined, accepted: undefined };
    passages.set(name, passage);
    return passage;
  }
}

/** Whether a package would do for a dependency that is written `spec`. */
export function specAdmits(name: string, spec: string, content: Placeable): boolean {
  const parsed = parseDependencySpec(name, spec);
  return parsed.kind !== "range" || rangeHolds(parsed.range, content.version);
}
