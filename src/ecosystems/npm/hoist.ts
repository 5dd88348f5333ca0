import { EnkiError } from "../../model/enki-error.ts";
import { type Favourites, type PlacedTree, Placement, type PlacementInput } from "./placement.ts";
import { type Placeable, unknownContent } from "./placement-graph.ts";
import type { TreeNode } from "./tree.ts";

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

interface Contest {
  readonly name: string;
  /** What could lie at the root instead. */
  readonly alternatives: readonly Placeable[];
}

/** Names that had better lie nowhere where all see them, and names with needless copies, most copies first. */
function contested(tree: PlacedTree): readonly Contest[] {
  const unwelcome = new Set(tree.unserved.flatMap(({ edge }) => (edge.to === undefined ? [edge.name] : [])));
  const banished = [...unwelcome].map((name) => ({ name, alternatives: [unknownContent] }));
  return [...banished, ...copied(tree)];
}

function copied(tree: PlacedTree): readonly Contest[] {
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
          const trial = changeOf(name, alternative, isWithDependencies ? best.favourites : undefined);
          tried.add(key);
          // What it depends on is where it would be anyway: that was tried a moment ago.
          if (isWithDependencies && trial.size === 1) continue;
          if (trials === 0) return best;
          trials -= 1;
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

/** The few names for which a trial differs from the best tree so far: with `favourites`, what `to` depends on as well. */
function changeOf(name: string, to: Placeable, favourites: Favourites | undefined): Favourites {
  const changed = new Map([[name, to]]);
  if (favourites === undefined) return changed;
  for (const edge of to.edges) {
    if (edge.to !== undefined && favourites.get(edge.name) !== edge.to) changed.set(edge.name, edge.to);
  }
  return changed;
}

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
