import { hasMember } from "../../solver/version-set.ts";
import { listed } from "./lists.ts";
import type { OutlineFact, OutlineStep } from "./outline.ts";
import type { Clause, Phrases } from "./phrases.ts";

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
  premises.push(...clauses(step.facts, phrases));
  const end = `${step.conclusion}.`;
  if (premises.length === 0) return continues ? `So ${end}` : capitalised(end);
  const opening = continues ? "And because" : "Because";
  return `${opening} ${joined(premises)}, ${end}`;
}

/** Clauses that hold a comma themselves are set off by one before the "and". */
function joined(premises: readonly string[]): string {
  const last = premises.at(-1) ?? "";
  const isPlain = premises.length === 1 || premises.every((premise) => !premise.includes(", which"));
  return isPlain ? listed(premises, "and") : `${premises.slice(0, -1).join(", ")}, and ${last}`;
}

/** A fact, or the facts that stand for one, as a clause. */
export function clauseOf(outlineFact: OutlineFact, phrases: Phrases): Clause {
  const { fact, terms, similar } = outlineFact;
  const together = similar === undefined ? undefined : phrases.similarClause([outlineFact, ...similar]);
  return together ?? phrases.clause(fact, terms);
}

/** Facts as clauses; what the same package requires is said at once, and chains read "…, which requires …". */
function clauses(facts: readonly OutlineFact[], phrases: Phrases): string[] {
  const groups: { readonly clause: Clause; readonly objects: string[]; tail: OutlineFact; followed: string }[] = [];
  for (const fact of fromTheTop(facts)) {
    const clause = clauseOf(fact, phrases);
    const isShared = (other: Clause): boolean => other.subject === clause.subject && other.verb === clause.verb;
    const group = groups.find((candidate) => isShared(candidate.clause) && candidate.followed === "");
    const before = groups.find((candidate) => candidate.objects.length === 1 && leadsTo(candidate.tail, fact, phrases));
    if (group !== undefined && clause.verb !== "") {
      if (!group.objects.includes(clause.object)) group.objects.push(clause.object);
    } else if (before === undefined || clause.verb === "") {
      groups.push({ clause, objects: [clause.object], tail: fact, followed: "" });
    } else {
      before.followed += `, which ${clause.verb} ${clause.object}`;
      before.tail = fact;
    }
  }
  return groups.map(({ clause, objects, followed }) => {
    const parts = [clause.subject, clause.verb, listed(objects, "and")].filter((part) => part !== "");
    return parts.join(" ") + followed;
  });
}

/** Facts about what other facts speak of come after these. */
function fromTheTop(facts: readonly OutlineFact[]): readonly OutlineFact[] {
  const remaining = [...facts];
  const sorted: OutlineFact[] = [];
  while (remaining.length > 0) {
    const next = remaining.findIndex((fact) => !remaining.some((other) => other !== fact && isAbout(other, fact)));
    sorted.push(...remaining.splice(Math.max(0, next), 1));
  }
  return sorted;
}

function isAbout(upper: OutlineFact, lower: OutlineFact): boolean {
  if (upper.fact.kind !== "dependency" || lower.fact.kind === "root") return false;
  const subject = lower.fact.kind === "dependency" ? lower.fact.dependent : lower.fact.package;
  return upper.fact.dependency.package === subject && upper.fact.dependent !== subject;
}

/** Whether everything that `upper` requires is what `lower` speaks of. */
function leadsTo(upper: OutlineFact, lower: OutlineFact, phrases: Phrases): boolean {
  if (upper.similar !== undefined || lower.similar !== undefined) return false;
  if (upper.fact.kind !== "dependency" || lower.fact.kind !== "dependency") return false;
  if (upper.fact.dependency.kind !== "requires") return false;
  const { dependent, versions } = lower.fact;
  const outside = upper.terms.find((term) => term.package === dependent);
  if (upper.fact.dependency.package !== dependent || outside === undefined) return false;
  for (let candidate = 0; candidate < phrases.narrator.candidateCount(dependent); candidate++) {
    if (!hasMember(outside.versions, candidate) && !hasMember(versions, candidate)) return false;
  }
  return true;
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
    return line.number === undefined ? `     ${line.text}` : `${label(line.number)} ${line.text}`;
  });
  if (texts.length > MAX_LINES) {
    const half = MAX_LINES / 2;
    texts.splice(half, texts.length - MAX_LINES, `… ${texts.length - MAX_LINES} more steps …`);
  }
  return texts.join("\n");
}
