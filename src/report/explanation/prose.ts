import { type Chain, chainsOf } from "./chains.ts";
import { listed } from "./lists.ts";
import type { OutlineStep } from "./outline.ts";
import type { Phrases } from "./phrases.ts";

/** One sentence of an explanation. */
export interface ProseLine {
  /** Present when a later sentence refers to this one. */
  readonly number?: number;
  readonly text: string;
  readonly step: OutlineStep;
}

/** Sentences beyond this number are left out of the middle. */
const MAX_LINES = 60;

/** Writes the outline as sentences, each after those that it builds on. */
export function proseLines(conclusion: OutlineStep, phrases: Phrases): readonly ProseLine[] {
  const order = inOrder(conclusion);
  const position = new Map(order.map((step, index) => [step, index]));
  // A sentence is numbered when it is referred to from anywhere but the next one.
  const numbered = new Set<OutlineStep>();
  for (const [index, step] of order.entries()) {
    for (const premise of step.steps) if (position.get(premise) !== index - 1) numbered.add(premise);
  }
  const numbers = new Map(order.filter((step) => numbered.has(step)).map((step, index) => [step, index + 1]));
  return order.map((step, index) => {
    const number = numbers.get(step);
    const text = sentence(step, order[index - 1], numbers, phrases);
    return { ...(number === undefined ? {} : { number }), text, step };
  });
}

/** Premises before conclusions, larger parts first; without recursion, because proofs can be very deep. */
function inOrder(conclusion: OutlineStep): readonly OutlineStep[] {
  const order: OutlineStep[] = [];
  const done = new Set<OutlineStep>();
  const size = new Map<OutlineStep, number>();
  const visit = (isSized: boolean): void => {
    const opened = new Set<OutlineStep>();
    const pending = [conclusion];
    while (pending.length > 0) {
      const step = pending.at(-1);
      if (step === undefined) break;
      if (done.has(step) || (!isSized && size.has(step))) {
        pending.pop();
        continue;
      }
      if (opened.has(step)) {
        pending.pop();
        if (isSized) {
          done.add(step);
          order.push(step);
        } else {
          size.set(step, 1 + step.steps.reduce((sum, premise) => sum + (size.get(premise) ?? 0), 0));
        }
        continue;
      }
      opened.add(step);
      // The last pushed is visited first.
      pending.push(...step.steps.toSorted((a, b) => (size.get(a) ?? 0) - (size.get(b) ?? 0)));
    }
  };
  visit(false);
  visit(true);
  return order;
}

function sentence(
  step: OutlineStep,
  previous: OutlineStep | undefined,
  numbers: ReadonlyMap<OutlineStep, number>,
  phrases: Phrases,
): string {
  const premises: string[] = [];
  let continues = false;
  for (const premise of step.steps) {
    if (premise === previous) continues = true;
    else premises.push(`${premise.conclusion} (${numbers.get(premise) ?? 0})`);
  }
  const chains = chainsOf(step.facts, phrases);
  premises.push(...chains.map(({ text }) => text));
  const choices = choiceLines(chains);
  const end = step.conclusion + (choices.length === 0 ? "." : `:${choices.map((line) => `\n  ${line}`).join("")}`);
  if (premises.length === 0) return continues ? `So ${end}` : capitalised(end);
  const opening = continues ? "And because" : "Because";
  return `${opening} ${joined(premises)}, ${end}`;
}

/** The choices of alternatives; when there are several lists, each says whose it is. */
function choiceLines(chains: readonly Chain[]): readonly string[] {
  const lists = chains.flatMap((chain) => chain.lists);
  if (lists.length === 1) return lists.flatMap(({ choices }) => choices.map((choice) => `- ${choice}`));
  return lists.flatMap(({ heading, choices }) => [heading, ...choices.map((choice) => `  - ${choice}`)]);
}

/** Clauses that hold a comma themselves are set off by one before the "and". */
function joined(premises: readonly string[]): string {
  const last = premises.at(-1) ?? "";
  const isPlain = premises.length === 1 || premises.every((premise) => !premise.includes(", which"));
  return isPlain ? listed(premises, "and") : `${premises.slice(0, -1).join(", ")}, and ${last}`;
}

function label(number: number): string {
  return `(${number})`.padStart(4);
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The sentences as text, numbers in front where there are any, very long proofs shortened in the middle. */
export function proseText(lines: readonly ProseLine[]): string {
  const hasNumbers = lines.some((line) => line.number !== undefined);
  const texts = lines.map((line) => {
    if (!hasNumbers) return line.text;
    const text = line.text.replaceAll("\n", "\n     ");
    return line.number === undefined ? `     ${text}` : `${label(line.number)} ${text}`;
  });
  if (texts.length > MAX_LINES) {
    const half = MAX_LINES / 2;
    texts.splice(half, texts.length - MAX_LINES, `… ${texts.length - MAX_LINES} more steps …`);
  }
  return texts.join("\n");
}
