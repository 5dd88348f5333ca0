import { chainsOf, clauseOf } from "./chains.ts";
import type { OutlineFact, OutlineStep } from "./outline.ts";
import type { Phrases } from "./phrases.ts";

/** Lines beyond this number are left out. */
const MAX_TREE_LINES = 200;

/** The outline as a tree: under each conclusion what it follows from. What was shown once is not shown again. */
export function treeView(conclusion: OutlineStep, phrases: Phrases): string {
  const lines: string[] = [];
  const shown = new Set<OutlineStep>();
  const pending: { readonly item: OutlineStep | OutlineFact; readonly lead: string; readonly below: string }[] = [
    { item: conclusion, lead: "", below: "" },
  ];
  for (let entry = pending.pop(); entry !== undefined; entry = pending.pop()) {
    if (lines.length === MAX_TREE_LINES) {
      lines.push("…");
      break;
    }
    const { item, lead, below } = entry;
    if (item.kind === "fact") {
      const { subject, verb, object, choices = [] } = clauseOf(item, phrases);
      lines.push(lead + [subject, verb, object].filter((part) => part !== "").join(" "));
      for (const [index, choice] of choices.entries()) {
        lines.push(`${below}${index === choices.length - 1 ? "└── " : "├── "}${choice}`);
      }
      continue;
    }
    if (shown.has(item)) {
      lines.push(`${lead}${item.conclusion} (see above)`);
      continue;
    }
    shown.add(item);
    lines.push(lead + item.conclusion);
    const children = [...chainsOf(item.facts, phrases).flatMap(({ facts }) => facts), ...item.steps];
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
