import { createHash } from "node:crypto";
import { neutralise } from "../model/neutralise.ts";
import type { Picture } from "./condense.ts";
import type { EcosystemLook } from "./ecosystem-look.ts";
import { ecosystemLooks, isWeakLink } from "./ecosystem-look.ts";
import type { GraphLink, GraphNode } from "./graph.ts";
import { PAGE_SCRIPT, PAGE_STYLE } from "./html-assets.ts";
import type { Layout } from "./html-layout.ts";
import { BOX_HEIGHT, BOX_WIDTH, layOut } from "./html-layout.ts";

/** Letters of a label that fit into a box. */
const LABEL_LENGTH = 27;

/**
 * One self-contained page with the whole picture: search, click a node to light its ways to the roots, a panel with
 * its facts. The page may load nothing and runs only the script whose hash its policy names, so that a hostile name
 * stays a name.
 */
export function renderHtml(picture: Picture, title: string): string {
  const looks = ecosystemLooks(picture.nodes);
  const classes = new Map([...looks.keys()].map((ecosystem, index) => [ecosystem, `c${String(index)}`]));
  const style = `${PAGE_STYLE}${[...looks.values()].map((look, index) => `.c${String(index)} { stroke: ${look.colour}; }\n`).join("")}`;
  const policy = `default-src 'none'; style-src '${hashOf(style)}'; script-src '${hashOf(PAGE_SCRIPT)}'`;
  const hint =
    "Click a package to light its ways to the manifests. / searches, Enter takes the first, Escape clears, Tab walks.";
  const legend = [...looks].map(
    ([ecosystem, look]) =>
      `<span><svg viewBox="0 0 14 14" aria-hidden="true">${icon(look, 7, 7, classes.get(ecosystem) ?? "")}</svg> ${escaped(ecosystem)}</span>`,
  );
  const counts = `${String(picture.nodes.length)} nodes, ${String(picture.links.length)} edges`;
  const omitted = picture.omitted > 0 ? `, ${String(picture.omitted)} packages not shown` : "";
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<style>${style}</style>
<body>
<header><h1>${escaped(title)}</h1><input id="search" type="search" placeholder="search (/)" aria-label="search packages"><div class="legend">${legend.join("")}</div><span>${counts}${omitted}</span></header>
<main>${drawing(picture, looks, classes)}</main>
<aside id="panel" data-hint="${escaped(hint)}"><p>${escaped(hint)}</p></aside>
<script type="application/json" id="data">${pageData(picture)}</script>
<script>${PAGE_SCRIPT}</script>
`;
}

function drawing(
  picture: Picture,
  looks: ReadonlyMap<string, EcosystemLook>,
  classes: ReadonlyMap<string, string>,
): string {
  const layout = layOut(picture);
  const { width, height } = layout;
  const lines = picture.links.map((link) => linkPath(link, layout));
  const boxes = picture.nodes.map((node, index) =>
    nodeBox(node, index, layout, looks.get(node.ecosystem), classes.get(node.ecosystem) ?? ""),
  );
  return `<svg id="picture" width="${String(width)}" height="${String(height)}" role="group" aria-label="dependencies">${lines.join("")}${boxes.join("")}</svg>`;
}

function linkPath(link: GraphLink, { positions }: Layout): string {
  const from = positions.get(link.from.id) ?? { x: 0, y: 0 };
  const to = positions.get(link.to.id) ?? { x: 0, y: 0 };
  const start = `${String(from.x + BOX_WIDTH)} ${String(from.y + BOX_HEIGHT / 2)}`;
  const end = `${String(to.x)} ${String(to.y + BOX_HEIGHT / 2)}`;
  const bend = Math.max(40, Math.abs(to.x - from.x - BOX_WIDTH) / 2);
  const controls = `${String(from.x + BOX_WIDTH + bend)} ${String(from.y + BOX_HEIGHT / 2)}, ${String(to.x - bend)} ${String(to.y + BOX_HEIGHT / 2)}`;
  const weak = isWeakLink(link) ? " weak" : "";
  const crossing = link.from.ecosystem === link.to.ecosystem ? "" : " crossing";
  return `<path class="link${weak}${crossing}" d="M ${start} C ${controls}, ${end}"/>`;
}

function nodeBox(
  node: GraphNode,
  index: number,
  { positions }: Layout,
  look: EcosystemLook | undefined,
  colourClass: string,
): string {
  const { x, y } = positions.get(node.id) ?? { x: 0, y: 0 };
  const label = labelOf(node);
  const short = label.length > LABEL_LENGTH ? `${label.slice(0, LABEL_LENGTH - 1)}…` : label;
  const shape = look === undefined ? "" : icon(look, 13, BOX_HEIGHT / 2, colourClass);
  return `<g class="node${node.isRoot ? " root" : ""}" data-node="${String(index)}" tabindex="0" role="button" aria-label="${escaped(`${node.ecosystem} ${label}`)}" transform="translate(${String(x)} ${String(y)})"><title>${escaped(`${node.ecosystem} ${label}`)}</title><rect class="${colourClass}" width="${String(BOX_WIDTH)}" height="${String(BOX_HEIGHT)}" rx="4"/>${shape}<text x="25" y="16">${escaped(short)}</text></g>`;
}

/** The shape of an ecosystem, so that colour is never the only sign. */
function icon({ shape, fill }: EcosystemLook, x: number, y: number, colourClass: string): string {
  const attributes = `class="${colourClass}" fill="${fill}"`;
  const at = (dx: number, dy: number): string => `${String(x + dx)},${String(y + dy)}`;
  switch (shape) {
    case "circle":
      return `<circle ${attributes} cx="${String(x)}" cy="${String(y)}" r="5"/>`;
    case "square":
      return `<polygon ${attributes} points="${at(-5, -5)} ${at(5, -5)} ${at(5, 5)} ${at(-5, 5)}"/>`;
    case "diamond":
      return `<polygon ${attributes} points="${at(0, -6)} ${at(6, 0)} ${at(0, 6)} ${at(-6, 0)}"/>`;
    case "triangle":
      return `<polygon ${attributes} points="${at(0, -6)} ${at(6, 5)} ${at(-6, 5)}"/>`;
    default:
      return `<polygon ${attributes} points="${at(-6, 0)} ${at(-3, -5)} ${at(3, -5)} ${at(6, 0)} ${at(3, 5)} ${at(-3, 5)}"/>`;
  }
}

function pageData({ nodes, links }: Picture): string {
  const indexes = new Map(nodes.map((node, index) => [node.id, index]));
  const data = {
    nodes: nodes.map((node) => ({
      label: labelOf(node),
      ecosystem: neutralise(node.ecosystem),
      version: neutralise(node.version ?? ""),
      licence: neutralise(node.package?.licence ?? ""),
      size: sizeOf(node),
    })),
    links: links.map(({ from, to, ranges, kinds, whys }) => ({
      from: indexes.get(from.id),
      to: indexes.get(to.id),
      range: neutralise(ranges.join(" and ")),
      note: neutralise([...kinds.filter((kind) => kind !== "runtime"), ...whys].join("; ")),
    })),
  };
  // `</script>` and `<!--` must not appear inside of the element, whatever a package is called.
  return JSON.stringify(data).replaceAll("<", "\\u003c");
}

function labelOf(node: GraphNode): string {
  return neutralise(node.version === undefined || node.isRoot ? node.name : `${node.name} ${node.version}`);
}

/** The size of what is downloaded; the largest where there is a choice. */
function sizeOf(node: GraphNode): string {
  const sizes = (node.package?.artifacts ?? []).flatMap(({ sizeBytes }) => sizeBytes ?? []);
  if (sizes.length === 0) return "";
  const largest = Math.max(...sizes);
  return largest < 1024 ** 2 ? `${(largest / 1024).toFixed(1)} KiB` : `${(largest / 1024 ** 2).toFixed(1)} MiB`;
}

function escaped(text: string): string {
  return neutralise(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
