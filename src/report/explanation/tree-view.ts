import type { OutlineStep } from "./outline.ts";
import { clauseOf } from "./prose.ts";
import type { Phrases } from "./phrases.ts";

/** Lines beyond this number are left out. */
const MAX_TREE_LINES = 200;

/** The outline as a tree: under each conclusion what it follows from. What was shown once is not shown again. */
export function treeView(conclusion: OutlineStep, phrases: Phrases): string {
  const lines: string[] = [];
  const shown = new Set<OutlineStep>();
  const pending: { readonly item: OutlineStep | string; readonly lead: string; readonly below: string }[] = [
    { item: conclusion, lead: "", below: "" },
  ];
  for (let entry = pending.pop(); entry !== undefined; entry = pending.pop()) {
    if (lines.length === MAX_TREE_LINES) {
      lines.push("…");
      break;
    }
    const { item, lead, below } = entry;
    if (typeof item === "string") {
      lines.push(lead + item);
      continue;
    }
    if (shown.has(item)) {
      lines.push(`${lead}${item.conclusion} (see above)`);
      continue;
    }
    shown.add(item);
    lines.push(lead + item.conclusion);
    const children = [
      ...item.facts.map((fact) => {
        const { subject, verb, object } = clauseOf(fact, phrases);
        return [subject, verb, object].filter((part) => part !== "").join(" ");
      }),
      ...item.steps,
    ];
    for (let index = children.length - 1; index >= 0; index--) {
      const child = children[index];
      if (child === undefined) continue;
      const isLast = index === children.length - 1;
      pending.push({
        item: child,
        lead: `${below}${isLast ? "└── " : "├── "}`,
        below: `${below}${isLast ? "    " : "│   "}`,
      });
    }
  }
  return lines.join("\n");
}
