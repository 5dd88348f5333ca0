/** The style of the page. Colours of ecosystems come as classes `c0`, `c1` … from the page itself. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --back: #fff; --text: #0f172a; --soft: #64748b; --line: #cbd5e1; --panel: #f8fafc; --hot: #be123c; }
@media (prefers-color-scheme: dark) { :root { --back: #0f172a; --text: #e2e8f0; --soft: #94a3b8; --line: #475569; --panel: #1e293b; --hot: #fb7185; } }
* { box-sizing: border-box; }
body { margin: 0; height: 100vh; display: grid; grid-template: auto 1fr / 1fr 22rem; font: 14px/1.45 system-ui, sans-serif; background: var(--back); color: var(--text); }
header { grid-column: 1 / 3; display: flex; flex-wrap: wrap; gap: 1rem; align-items: center; padding: .5rem 1rem; border-bottom: 1px solid var(--line); }
h1 { font-size: 1rem; margin: 0; }
input { font: inherit; padding: .25rem .5rem; min-width: 16rem; border: 1px solid var(--line); border-radius: 4px; background: var(--back); color: inherit; }
.legend { display: flex; gap: .75rem; color: var(--soft); }
.legend svg { width: 14px; height: 14px; vertical-align: -2px; }
main { overflow: auto; }
aside { overflow: auto; padding: 1rem; background: var(--panel); border-left: 1px solid var(--line); }
aside h2 { font-size: 1rem; margin: 0 0 .5rem; overflow-wrap: anywhere; }
aside dt { color: var(--soft); margin-top: .5rem; }
aside dd { margin: 0; overflow-wrap: anywhere; }
aside ul { margin: 0; padding-left: 1.1rem; }
aside button { font: inherit; border: 0; padding: 0; background: none; color: inherit; text-align: left; text-decoration: underline; cursor: pointer; }
.node { cursor: pointer; }
.node rect { fill: var(--panel); stroke-width: 1.2; }
.node.root rect { stroke-width: 2.6; }
.node text { font: 12px system-ui, sans-serif; fill: var(--text); }
.node:focus { outline: none; }
.node:focus rect { stroke: var(--hot); stroke-width: 2.6; }
.link { fill: none; stroke: var(--line); stroke-width: 1; }
.link.weak { stroke-dasharray: 4 3; }
.link.crossing { stroke: var(--hot); stroke-width: 1.6; }
.lit-mode .node:not(.lit), .lit-mode .link:not(.lit) { opacity: .12; }
.lit-mode .link.lit { stroke: var(--hot); stroke-width: 2; }
.found rect { stroke: var(--hot); stroke-width: 3; }
`;

/** What the page does: search, choosing a node, lighting its ways to the roots. Texts are set as text, never as markup. */
export const PAGE_SCRIPT = `
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const picture = document.getElementById("picture");
const panel = document.getElementById("panel");
const search = document.getElementById("search");
const boxes = new Map([...document.querySelectorAll(".node")].map((box) => [Number(box.dataset.node), box]));
const lines = [...document.querySelectorAll(".link")];
const into = new Map();
data.links.forEach((link, index) => { const list = into.get(link.to) || []; list.push(index); into.set(link.to, list); });

function element(name, text) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  return made;
}
function facts(node) {
  const list = element("dl");
  const add = (term, value) => { if (value) { list.append(element("dt", term), element("dd", value)); } };
  add("ecosystem", node.ecosystem);
  add("version", node.version);
  add("licence", node.licence);
  add("size", node.size);
  return list;
}
function neighbours(title, entries) {
  if (entries.length === 0) return [];
  const list = element("ul");
  for (const [index, text] of entries) {
    const item = element("li");
    const button = element("button", data.nodes[index].label);
    button.addEventListener("click", () => choose(index, true));
    item.append(button, document.createTextNode(text === "" ? "" : " " + text));
    list.append(item);
  }
  return [element("h3", title), list];
}
function choose(index, moves) {
  const node = data.nodes[index];
  panel.replaceChildren(element("h2", node.label), facts(node));
  const words = (link) => [link.range, link.note].filter(Boolean).join(" ");
  panel.append(...neighbours("required by", data.links.filter((link) => link.to === index).map((link) => [link.from, words(link)])));
  panel.append(...neighbours("requires", data.links.filter((link) => link.from === index).map((link) => [link.to, words(link)])));
  document.querySelectorAll(".lit").forEach((lit) => lit.classList.remove("lit"));
  const pending = [index];
  const seen = new Set(pending);
  while (pending.length > 0) {
    const current = pending.pop();
    boxes.get(current).classList.add("lit");
    for (const link of into.get(current) || []) {
      lines[link].classList.add("lit");
      const from = data.links[link].from;
      if (!seen.has(from)) { seen.add(from); pending.push(from); }
    }
  }
  picture.classList.add("lit-mode");
  if (moves) { boxes.get(index).scrollIntoView({ block: "center", inline: "center" }); boxes.get(index).focus(); }
}
function clear() {
  picture.classList.remove("lit-mode");
  document.querySelectorAll(".lit").forEach((lit) => lit.classList.remove("lit"));
  panel.replaceChildren(element("p", panel.dataset.hint));
}
for (const [index, box] of boxes) {
  box.addEventListener("click", (event) => { event.stopPropagation(); choose(index, false); });
  box.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(index, false); } });
}
picture.addEventListener("click", clear);
search.addEventListener("input", () => {
  const wanted = search.value.trim().toLowerCase();
  let first;
  for (const [index, box] of boxes) {
    const isFound = wanted !== "" && data.nodes[index].label.toLowerCase().includes(wanted);
    box.classList.toggle("found", isFound);
    if (isFound && first === undefined) first = box;
  }
  if (first) first.scrollIntoView({ block: "center", inline: "center" });
});
search.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  const found = [...boxes].find(([, box]) => box.classList.contains("found"));
  if (found) choose(found[0], true);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") { search.value = ""; search.dispatchEvent(new Event("input")); clear(); }
  if (event.key === "/" && document.activeElement !== search) { event.preventDefault(); search.focus(); }
});
clear();
`;
