import type { Picture } from "./condense.ts";
import type { GraphNode } from "./graph.ts";

/** Where a node's box stands, in pixels. */
export interface Position {
  readonly x: number;
  readonly y: number;
}

export const BOX_WIDTH = 210;
export const BOX_HEIGHT = 24;
const COLUMN_STEP = BOX_WIDTH + 90;
const ROW_STEP = BOX_HEIGHT + 8;

/** A layout: where each node stands, and how large the whole is. */
export interface Layout {
  readonly positions: ReadonlyMap<string, Position>;
  readonly width: number;
  readonly height: number;
}

/**
 * Columns by distance from the roots, rows by where the dependents stand (the barycentre rule of Sugiyama's method, two
 * sweeps). Fast and stable rather than pretty: the page lights what is clicked, which says more than a perfect drawing.
 */
export function layOut({ nodes, links }: Picture): Layout {
  const columns = columnsOf({ nodes, links });
  const rows = new Map<string, number>();
  for (const column of columns) column.forEach((node, row) => rows.set(node.id, row));
  const neighbours = new Map<string, string[]>();
  for (const { from, to } of links) {
    neighbours.set(to.id, [...(neighbours.get(to.id) ?? []), from.id]);
    neighbours.set(from.id, [...(neighbours.get(from.id) ?? []), to.id]);
  }
  for (let sweep = 0; sweep < 2; sweep++) {
    for (const column of columns.slice(1)) {
      const centre = new Map(column.map((node) => [node.id, meanRow(node, neighbours, rows)]));
      const sorted = column.toSorted((left, right) => (centre.get(left.id) ?? 0) - (centre.get(right.id) ?? 0));
      sorted.forEach((node, row) => rows.set(node.id, row));
    }
  }
  const positions = new Map<string, Position>();
  const tallest = Math.max(1, ...columns.map((column) => column.length));
  columns.forEach((column, index) => {
    // Short columns are centred, so that lines stay short.
    const top = ((tallest - column.length) * ROW_STEP) / 2;
    for (const node of column) {
      positions.set(node.id, {
        x: 20 + index * COLUMN_STEP,
        y: Math.round(20 + top + (rows.get(node.id) ?? 0) * ROW_STEP),
      });
    }
  });
  return { positions, width: 40 + columns.length * COLUMN_STEP, height: 40 + tallest * ROW_STEP };
}

function columnsOf({ nodes, links }: Pick<Picture, "nodes" | "links">): GraphNode[][] {
  const outgoing = new Map<string, GraphNode[]>();
  for (const { from, to } of links) {
    const list = outgoing.get(from.id);
    if (list === undefined) outgoing.set(from.id, [to]);
    else list.push(to);
  }
  const seen = new Set<string>();
  const columns: GraphNode[][] = [];
  let frontier = nodes.filter((node) => node.isRoot);
  // What no root reaches (there should be nothing) makes up a last column.
  while (frontier.length > 0) {
    for (const node of frontier) seen.add(node.id);
    columns.push(frontier);
    const next = new Map(
      frontier
        .flatMap((node) => outgoing.get(node.id) ?? [])
        .flatMap((node) => (seen.has(node.id) ? [] : [[node.id, node]])),
    );
    frontier = [...next.values()];
  }
  const unreached = nodes.filter((node) => !seen.has(node.id));
  return unreached.length === 0 ? columns : [...columns, unreached];
}

function meanRow(
  node: GraphNode,
  neighbours: ReadonlyMap<string, readonly string[]>,
  rows: ReadonlyMap<string, number>,
): number {
  const list = neighbours.get(node.id) ?? [];
  if (list.length === 0) return rows.get(node.id) ?? 0;
  return list.reduce((sum, id) => sum + (rows.get(id) ?? 0), 0) / list.length;
}
