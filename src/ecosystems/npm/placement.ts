import type { Placeable, PlacementEdge } from "./placement-graph.ts";
import { specAdmits, TreeNode } from "./tree.ts";

/** The tree of one root project. */
export interface PlacedTree {
  readonly root: TreeNode;
  /** Every folder and link but the root, in the order of placement. */
  readonly nodes: readonly TreeNode[];
  /** Dependencies that the placement does not serve: conflicting peers. */
  readonly unserved: readonly Unserved[];
  /** Which version of each name was to lie at the root. */
  readonly favourites: Favourites;
}

/** A dependency for which Node finds something else than what was selected, or nothing. */
interface Unserved {
  readonly from: TreeNode;
  readonly edge: PlacementEdge;
}

/** What is placed. */
export interface PlacementInput {
  readonly root: Placeable;
  readonly workspaces: readonly Placeable[];
}

/** Which version of a name is to lie at the root. */
export type Favourites = ReadonlyMap<string, Placeable>;

/**
 * What anything in the node_modules of `at` will see under `name`: what lies there or above, or what a folder on the way
 * up depends on itself, which will lie where that folder sees it. `decidedBy` is the folder that decides it.
 */
function whatIsSeen(at: TreeNode, name: string): { decidedBy: TreeNode | undefined; expected: Placeable | undefined } {
  for (let folder: TreeNode | undefined = at; folder !== undefined; folder = folder.parent) {
    const expected = folder.children.get(name)?.content ?? folder.content.edgeByName.get(name)?.to;
    if (expected !== undefined) return { decidedBy: folder, expected };
  }
  return { decidedBy: undefined, expected: undefined };
}

/** Adds the dependencies for which Node finds something else from a folder than what was selected, or nothing. */
function addUnserved(from: TreeNode, unserved: Unserved[]): void {
  if (from.linkTarget !== undefined) return;
  const { edges } = from.content;
  for (let index = 0; index < edges.length; index++) {
    const edge = edges[index];
    if (edge === undefined) continue;
    const found = from.resolve(edge.name);
    const isInside =
      found !== undefined && isPeer(edge) && from.content.kind === "package" && from.children.has(edge.name);
    const isRight =
      edge.to === undefined
        ? found === undefined || specAdmits(edge.name, edge.spec, found.content)
        : found?.content === edge.to;
    if (!isRight || isInside) unserved.push({ from, edge });
  }
}

function isPeer({ kind }: PlacementEdge): boolean {
  return kind === "peer" || kind === "peerOptional";
}

/** Whether `folder` itself depends on another package of that name, which everything in its node_modules will see. */
function isSpokenFor(folder: TreeNode, name: string, content: Placeable): boolean {
  const own = folder.content.edgeByName.get(name)?.to;
  return own !== undefined && own !== content;
}

function noteServed(start: TreeNode, node: TreeNode, edge: PlacementEdge, found: TreeNode): void {
  if (start === node) node.serve(edge, found);
  else start.passThrough(edge.name, found);
}

/** Peers that are taken to be placed at a folder while it is found out whether they can be. */
type Assumptions = Map<TreeNode, Set<string>>;

/**
 * One run of placement: finds a folder for every package, from the root down, with given versions at the root. All others lie as
 * high as possible.
 */
export class Placement {
  readonly #input: PlacementInput;
  readonly #favourites: Favourites;
  /** What is tried instead of some favourites: most placements differ from another in a name or two. */
  readonly #changes: Favourites;
  readonly #root: TreeNode;
  readonly #nodes: TreeNode[] = [];
  readonly #queue: TreeNode[] = [];
  readonly #locals = new Map<Placeable, TreeNode>();
  /** Circles of peers can ask for copies without end; a tree that is this big is given up on, and says so. */
  readonly #maximumFolders: number;
  readonly #worthwhile: number;
  /** The folders from one up to the root; kept, because it is needed for every package that is placed. */
  readonly #chain: TreeNode[] = [];

  /** `worthwhile`: a tree with more folders is of no use, and not finished. */
  constructor(
    input: PlacementInput,
    favourites: Favourites,
    changes: Favourites,
    worthwhile: number = Number.POSITIVE_INFINITY,
  ) {
    this.#input = input;
    this.#favourites = favourites;
    this.#changes = changes;
    this.#worthwhile = worthwhile;
    const added = changes.size === 0 ? [] : [...changes.keys()].filter((name) => !favourites.has(name));
    this.#maximumFolders = 200 + 20 * (favourites.size + added.length);
    this.#root = new TreeNode("", input.root, { parent: undefined, path: "" });
  }

  /** The tree; `undefined` once it is known to be larger than is worthwhile. */
  run(): PlacedTree | undefined {
    this.#queue.push(this.#root);
    for (const workspace of this.#input.workspaces) {
      const target = this.#placeLocal(workspace);
      const name = workspace.local?.name ?? "";
      this.#add(new TreeNode(name, workspace, { parent: this.#root, linkTarget: target }));
    }
    // Direct dependencies of the root come first of all, so that nothing else takes their place.
    for (let at = 0; at < this.#queue.length; at++) {
      const node = this.#queue[at];
      if (node === undefined) continue;
      const { edges } = node.content;
      for (let index = 0; index < edges.length; index++) {
        const edge = edges[index];
        if (edge !== undefined) this.#serve(node, edge);
      }
      if (this.#nodes.length > this.#worthwhile) return undefined;
      if (this.#nodes.length >= this.#maximumFolders) break;
    }
    const unserved: Unserved[] = [];
    addUnserved(this.#root, unserved);
    for (const node of this.#nodes) addUnserved(node, unserved);
    const favourites = this.#changes.size === 0 ? this.#favourites : new Map([...this.#favourites, ...this.#changes]);
    return { root: this.#root, nodes: this.#nodes, unserved, favourites };
  }

  #add(node: TreeNode): TreeNode {
    node.parent?.addChild(node);
    this.#nodes.push(node);
    return node;
  }

  /** A workspace or linked folder lies where it lies; what it needs may lie around it. */
  #placeLocal(content: Placeable): TreeNode {
    const known = this.#locals.get(content);
    if (known !== undefined) return known;
    const path = content.local?.path ?? "";
    const isInside = !path.startsWith("../") && !path.startsWith("/");
    const around = [...this.#locals.values()].find((other) => path.startsWith(`${other.path}/`));
    const node = new TreeNode("", content, { parent: isInside ? (around ?? this.#root) : undefined, path });
    this.#locals.set(content, node);
    this.#nodes.push(node);
    this.#queue.push(node);
    return node;
  }

  /** Makes sure that `edge` of `node` finds what was selected for it. */
  #serve(node: TreeNode, edge: PlacementEdge): void {
    // A root, a workspace or a folder has its peers in its own node_modules.
    const start = isPeer(edge) && node.content.kind === "package" ? node.parent : node;
    if (start === undefined) return;
    const visible = start.resolve(edge.name);
    if (edge.to === undefined) {
      if (visible === undefined) start.goWithout(edge.name, edge.spec);
      else if (specAdmits(edge.name, edge.spec, visible.content)) start.passThrough(edge.name, visible);
      return;
    }
    if (isPeer(edge) && start !== node && isSpokenFor(start, edge.name, edge.to)) return;
    if (visible !== undefined && visible.content === edge.to) {
      noteServed(start, node, edge, visible);
      return;
    }
    const hasRoom = this.#nodes.length < this.#maximumFolders;
    const place = hasRoom ? this.#findPlace(start, edge.name, edge.to, visible) : undefined;
    if (place !== undefined) this.#placeAt(place, edge, edge.to, start, node);
    else if (start === node) node.leaveOpen(edge);
  }

  /** The highest folder between `start` and what is visible now where `content` can lie. */
  #findPlace(start: TreeNode, name: string, content: Placeable, visible: TreeNode | undefined): TreeNode | undefined {
    let highest: TreeNode | undefined;
    const chain = this.#chain;
    let length = 0;
    for (let at: TreeNode | undefined = start; at !== undefined && at !== visible?.parent; at = at.parent)
      chain[length++] = at;
    while (highest === undefined && length > 0) {
      const at = chain[--length];
      if (at !== undefined && this.#canPlace(at, name, content, undefined)) highest = at;
    }
    if (highest !== undefined) return highest;
    // Peers may be unservable wherever it lies; then it lies next to what needs it, and the peers are reported.
    return start.children.has(name) || !start.admits(name, content) ? undefined : start;
  }

  #canPlace(at: TreeNode, name: string, content: Placeable, assumed: Assumptions | undefined): boolean {
    if (at.children.has(name) || !at.admits(name, content)) return false;
    const own = at.content.edgeByName.get(name);
    if (own !== undefined) {
      if (isPeer(own) && at.content.kind === "package") return false;
      if (own.to !== undefined && own.to !== content) return false;
    }
    const favourite = at === this.#root ? (this.#changes.get(name) ?? this.#favourites.get(name)) : undefined;
    if (favourite !== undefined && favourite !== content && own === undefined) return false;
    return this.#peersFit(at, content, assumed);
  }

  /** Whether the peers of `content` can be had from `at`: they are visible there, or can be placed at it or above. */
  #peersFit(at: TreeNode, content: Placeable, given: Assumptions | undefined): boolean {
    if (!content.hasPeers) return true;
    let assumed = given;
    for (const edge of content.edges) {
      if (!isPeer(edge)) continue;
      const { name, spec, to } = edge;
      const { decidedBy, expected } = whatIsSeen(at, name);
      if (to === undefined) {
        if (expected !== undefined && !specAdmits(name, spec, expected)) return false;
        continue;
      }
      if (expected === to) continue;
      assumed ??= new Map();
      const here = assumed.get(at) ?? new Set();
      if (here.has(name)) continue;
      assumed.set(at, here.add(name));
      let fits = false;
      for (let above: TreeNode | undefined = at; above !== undefined && above !== decidedBy; above = above.parent) {
        if (this.#canPlace(above, name, to, assumed)) fits = true;
      }
      if (!fits) return false;
    }
    return true;
  }

  /** Places `content`, for which `edge` of `from` asks, at `at`; the edge is served from `start` on. */
  #placeAt(at: TreeNode, edge: PlacementEdge, content: Placeable, start: TreeNode, from: TreeNode): void {
    let linkTarget: TreeNode | undefined;
    if (content.kind === "workspace" || content.kind === "folder") linkTarget = this.#placeLocal(content);
    else {
      // A version that lies inside itself would go on for ever: a link closes the circle.
      for (let around: TreeNode | undefined = at; around !== undefined; around = around.parent) {
        if (around.content === content) linkTarget = around;
      }
    }
    const node = this.#add(new TreeNode(edge.name, content, { parent: at, linkTarget }));
    noteServed(start, from, edge, node);
    if (linkTarget !== undefined) return;
    this.#queue.push(node);
    // Peers at once, while the places that were found for them are still free.
    if (!content.hasPeers) return;
    for (const peer of content.edges) if (isPeer(peer)) this.#serve(node, peer);
  }
}
