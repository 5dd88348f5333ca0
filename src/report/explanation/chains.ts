import { hasMember } from "../../solver/version-set.ts";
import { flattened } from "./bundles.ts";
import type { OutlineFact } from "./outline.ts";
import type { Clause, Phrases } from "./phrases.ts";

/** One clause of a sentence: what the same package requires, or a chain that reads "…, which requires …". */
export interface Chain {
  readonly facts: readonly OutlineFact[];
  readonly text: string;
  /** Lists that belong under the sentence: the choices of an alternative, and who requires it. */
  readonly lists: readonly ChoiceList[];
}

interface ChoiceList {
  readonly heading: string;
  readonly choices: readonly string[];
}

interface Draft {
  readonly clause: Clause;
  readonly objects: string[];
  readonly facts: OutlineFact[];
  followed: string;
  lists: readonly ChoiceList[];
}

/** Facts as clauses, from the manifests downwards. */
export function chainsOf(facts: readonly OutlineFact[], phrases: Phrases): readonly Chain[] {
  const drafts: Draft[] = [];
  for (const fact of fromTheTop(facts, phrases)) {
    const clause = clauseOf(fact, phrases);
    const lists =
      clause.choices === undefined ? [] : [{ heading: `${clause.subject} requires one of`, choices: clause.choices }];
    const isShared = (other: Clause): boolean => other.subject === clause.subject && other.verb === clause.verb;
    const same = drafts.find((draft) => isShared(draft.clause) && draft.followed === "" && clause.verb !== "");
    const before = drafts.find((draft) => {
      const tail = draft.facts.at(-1);
      return draft.objects.length === 1 && tail !== undefined && leadsTo(tail, fact, phrases);
    });
    if (same !== undefined) {
      if (!same.objects.includes(clause.object)) same.objects.push(clause.object);
      same.facts.push(fact);
      same.lists = [...same.lists, ...lists];
    } else if (before === undefined || clause.verb === "") {
      drafts.push({ clause, objects: [clause.object], facts: [fact], followed: "", lists });
    } else {
      // The package before it is one, however many of its versions say so.
      const { verb } = phrases.clause(fact.fact, fact.terms);
      before.followed += `, which ${verb} ${clause.object}`;
      before.facts.push(fact);
      before.lists = [...before.lists, ...lists];
    }
  }
  return drafts.map(({ clause, objects, facts: told, followed, lists }) => {
    const parts = [clause.subject, clause.verb, objectsOf(objects)].filter((part) => part !== "");
    return { facts: told, text: parts.join(" ") + followed, lists };
  });
}

/** A fact, or the facts that stand for one, as a clause. */
export function clauseOf(outlineFact: OutlineFact, phrases: Phrases): Clause {
  const { fact, terms, similar, choices } = outlineFact;
  if (similar !== undefined) return phrases.similarClause([outlineFact, ...similar]);
  return choices === undefined ? phrases.clause(fact, terms) : phrases.alternativeClause(fact, terms, choices);
}

function objectsOf(objects: readonly string[]): string {
  const last = objects.at(-1) ?? "";
  return objects.length <= 1 ? last : `${objects.slice(0, -1).join(", ")} and ${last}`;
}

/** Facts about what other facts speak of come after these; what manifests say comes first. */
function fromTheTop(facts: readonly OutlineFact[], phrases: Phrases): readonly OutlineFact[] {
  const remaining = [...facts];
  const sorted: OutlineFact[] = [];
  while (remaining.length > 0) {
    const free = remaining.filter(
      (fact) => !remaining.some((other) => other !== fact && isAbout(other, fact, phrases)),
    );
    const next = free.find(({ fact }) => fact.kind === "dependency" && phrases.isRoot(fact.dependent)) ?? free[0];
    sorted.push(...remaining.splice(next === undefined ? 0 : remaining.indexOf(next), 1));
  }
  return sorted;
}

function isAbout(upper: OutlineFact, lower: OutlineFact, phrases: Phrases): boolean {
  if (upper.fact.kind !== "dependency" || lower.fact.kind === "root") return false;
  const { package: target } = upper.fact.dependency;
  const subject = lower.fact.kind === "dependency" ? lower.fact.dependent : lower.fact.package;
  if (upper.fact.dependent === subject) return false;
  return target === subject || (phrases.isSlot(target) && phrases.label(target) === phrases.label(subject));
}

/** Whether everything that `upper` requires is what `lower` speaks of, so that "which requires" may follow. */
function leadsTo(upper: OutlineFact, lower: OutlineFact, phrases: Phrases): boolean {
  if (upper.similar !== undefined || upper.fact.kind !== "dependency" || upper.fact.dependency.kind !== "requires") {
    return false;
  }
  const told = flattened(lower).flatMap(({ fact, terms }) => (fact.kind === "dependency" ? [{ fact, terms }] : []));
  const [first] = told;
  if (first === undefined) return false;
  // Ranges of their own are told together with their versions only.
  const { object } = phrases.clause(first.fact, first.terms);
  if (told.some(({ fact, terms }) => phrases.clause(fact, terms).object !== object)) return false;
  const target = upper.fact.dependency.package;
  const outside = upper.terms.find((term) => term.package === target);
  if (outside === undefined) return false;
  const isSpokenOf = (candidate: number): boolean =>
    told.some(({ fact }) =>
      fact.dependent === target
        ? hasMember(fact.versions, candidate)
        : phrases.isHeldBy(target, candidate, fact.dependent, fact.versions),
    );
  for (let candidate = 0; candidate < phrases.narrator.candidateCount(target); candidate++) {
    if (!hasMember(outside.versions, candidate) && !isSpokenOf(candidate)) return false;
  }
  return true;
}
