import { EnkiError } from "../../model/enki-error.ts";
import { specAdmits, TreeNode } from "./tree.ts";
import type { Placeable, PlacementEdge } from "./placement-graph.ts";

/** The tree of one root project. */
export interface PlacedTree {
  readonly root: TreeNode;
  /** Every folder and link but the root, in the order of placement. */
  readonly nodes: readonly TreeNode[];
  /** Dependencies that the placement does not serve: conflicting peers. */
  readonly unserved: readonly Unserved[];
  /** Which version of each name was to lie at the root. */
  readonly favourites: ReadonlyMap<string, Placeable>;
}

interface Unserved {
  readonly from: TreeNode;
  readonly edge: PlacementEdge;
}

/** What is placed. */
export interface PlacementInput {
  readonly root: Placeable;
  readonly workspaces: readonly Placeable[];
}

/** How often the choice of what lies at the root is improved on. */
const maximumRounds = 6;

/** How many single changes are tried after that; a placement of 1,500 folders takes a few milliseconds. */
const maximumTrials = 80;

/**
 * Finds a folder for every package so that Node's lookup finds, from each folder, exactly the versions that were
 * selected. Direct dependencies lie at the root; of every other name the version that saves most copies does. All
 * others lie as high as possible. The choice for the root is improved by counting the copies of an earlier placement.
 */
export function placePackages(input: PlacementInput): PlacedTree {
  let favourites = firstFavourites(input);
  let best = placementOf(input, favourites);
  for (let round = 1; round < maximumRounds; round++) {
    const next = improvedFavourites(best);
    if (isSame(next, favourites)) break;
    favourites = next;
    const tree = placementOf(input, favourites);
    if (isBetter(tree, best)) best = tree;
    else break;
  }
  return improveOneByOne(input, best);
}

function placementOf(input: PlacementInput, favourites: Favourites): PlacedTree {
  const tree = new Placement(input, favourites, noChanges).run();
  if (tree === undefined) throw new EnkiError("internal", "a placement without a limit was given up");
  return tree;
}

/** Names with needless copies, most copies first, each with the versions that could lie at the root instead. */
function contested(tree: PlacedTree): { name: string; alternatives: readonly Placeable[] }[] {
  const copies = new Map<string, Map<Placeable, number>>();
  for (const node of tree.nodes) {
    if (node.linkTarget === undefined && node.content.kind === "package") count(copies, node.name, node.content, 1);
  }
  const found: { name: string; excess: number; alternatives: readonly Placeable[] }[] = [];
  for (const [name, counts] of copies) {
    const total = [...counts.values()].reduce((sum, each) => sum + each, 0);
    const atRoot = tree.root.children.get(name)?.content;
    if (total === counts.size || tree.root.content.edgeByName.has(name)) continue;
    const alternatives = [...counts.keys()].filter((placeable) => placeable !== atRoot);
    alternatives.sort(
      (left, right) => (counts.get(right) ?? 0) - (counts.get(left) ?? 0) || left.number - right.number,
    );
    found.push({ name, excess: total - counts.size, alternatives });
  }
  return found.toSorted((left, right) => right.excess - left.excess || (left.name < right.name ? -1 : 1));
}

/**
 * Tries other versions at the root, name by name, alone and together with what they depend on, and keeps what saves
 * copies. Changes that neither save nor cost copies are kept too, because they open the way to others.
 */
function improveOneByOne(input: PlacementInput, first: PlacedTree): PlacedTree {
  let best = first;
  let trials = maximumTrials;
  const tried = new Set<string>();
  for (;;) {
    const before = trials;
    for (const { name, alternatives } of contested(best)) {
      for (const alternative of alternatives.slice(0, 2)) {
        for (const isWithDependencies of [false, true]) {
          const key = `${name} ${alternative.number} ${isWithDependencies}`;
          if (tried.has(key)) continue;
          if (trials === 0) return best;
          trials -= 1;
          tried.add(key);
          const trial = changeOf(name, alternative, isWithDependencies);
          // A larger tree could still serve more; where everything is served, it can't be better.
          const worthwhile = best.unserved.length === 0 ? best.nodes.length : undefined;
          const tree = new Placement(input, best.favourites, trial, worthwhile).run();
          if (tree !== undefined && tree.unserved.length <= best.unserved.length && !isBetter(best, tree)) best = tree;
        }
      }
    }
    if (trials === before) return best;
  }
}

/** The few names for which a trial differs from the best tree so far. */
function changeOf(name: string, to: Placeable, isWithDependencies: boolean): Favourites {
  const changed = new Map([[name, to]]);
  if (!isWithDependencies) return changed;
  for (const edge of to.edges) if (edge.to !== undefined) changed.set(edge.name, edge.to);
  return changed;
}

type Favourites = ReadonlyMap<string, Placeable>;

const noChanges: Favourites = new Map();

function isBetter(left: PlacedTree, right: PlacedTree): boolean {
  if (left.unserved.length !== right.unserved.length) return left.unserved.length < right.unserved.length;
  return left.nodes.length < right.nodes.length;
}

function isSame(left: Favourites, right: Favourites): boolean {
  if (left.size !== right.size) return false;
  return [...left].every(([name, placeable]) => right.get(name) === placeable);
}

function mostWanted(wanted: ReadonlyMap<string, ReadonlyMap<Placeable, number>>): Favourites {
  const favourites = new Map<string, Placeable>();
  for (const [name, counts] of wanted) {
    const [best] = [...counts].toSorted(
      ([left, leftCount], [right, rightCount]) => rightCount - leftCount || left.number - right.number,
    );
    if (best !== undefined) favourites.set(name, best[0]);
  }
  return favourites;
}

function count(wanted: Map<string, Map<Placeable, number>>, name: string, placeable: Placeable, by: number): void {
  const counts = wanted.get(name) ?? new Map<Placeable, number>();
  counts.set(placeable, (counts.get(placeable) ?? 0) + by);
  wanted.set(name, counts);
}

/** By the number of packages that depend on each version. */
function firstFavourites({ root, workspaces }: PlacementInput): Favourites {
  const wanted = new Map<string, Map<Placeable, number>>();
  const seen = new Set<Placeable>([root, ...workspaces]);
  const pending = [root, ...workspaces];
  for (let from = pending.pop(); from !== undefined; from = pending.pop()) {
    for (const { name, to } of from.edges) {
      if (to === undefined) continue;
      count(wanted, name, to, 1);
      if (!seen.has(to)) {
        seen.add(to);
        pending.push(to);
      }
    }
  }
  return mostWanted(wanted);
}

/** By the number of folders that depend on each version in an earlier placement; bigger subtrees weigh more. */
function improvedFavourites(tree: PlacedTree): Favourites {
  const wanted = new Map<string, Map<Placeable, number>>();
  const weights = new Map<Placeable, number>();
  for (const node of tree.nodes) {
    if (node.parent !== undefined)
      weights.set(node.content, Math.max(weights.get(node.content) ?? 1, subtreeSize(node)));
  }
  for (const node of [tree.root, ...tree.nodes]) {
    if (node.linkTarget !== undefined) continue;
    for (const { name, to } of node.content.edges) {
      if (to !== undefined) count(wanted, name, to, weights.get(to) ?? 1);
    }
  }
  const favourites = new Map(mostWanted(wanted));
  // What could not be placed at all comes first.
  for (const { edge } of tree.unserved) if (edge.to !== undefined) favourites.set(edge.name, edge.to);
  return favourites;
}

function subtreeSize(node: TreeNode): number {
  let size = 1;
  for (const child of node.children.values()) size += subtreeSize(child);
  return size;
}

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

/** One run of placement. */
class Placement {
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
