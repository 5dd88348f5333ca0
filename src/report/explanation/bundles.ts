import { compareNaturally } from "./lists.ts";
import type { OutlineFact } from "./outline.ts";
import type { Phrases } from "./phrases.ts";

/** How many facts about one package and its companion are told one by one when each names a range of its own. */
const MAX_SIMILAR = 2;

/**
 * Gathers facts that a reader takes in at one glance: versions that require the same thing, versions that can't be used
 * for the same reason, an alternative with what is wrong with its choices, and, when there are more than a few, versions
 * that each ask for their companion at a version of its own.
 */
export function bundled(facts: readonly OutlineFact[], phrases: Phrases): OutlineFact[] {
  const ordered = inVersionOrder(withChoices(facts, phrases), phrases);
  const alike = gathered(ordered, (one) => likeness(one, phrases), 1);
  return gathered(alike, (one) => companionship(one, phrases), MAX_SIMILAR);
}

/** Facts about versions of one package, lowest first, in the places that they have among the others: proofs know no such order. */
function inVersionOrder(facts: readonly OutlineFact[], phrases: Phrases): readonly OutlineFact[] {
  const places = new Map<string, number[]>();
  for (const [index, { fact }] of facts.entries()) {
    const label = phrases.bearerLabel(fact);
    if (label !== undefined) places.set(label, [...(places.get(label) ?? []), index]);
  }
  const ordered = [...facts];
  for (const indices of places.values()) {
    const sorted = indices
      .flatMap((index) => facts[index] ?? [])
      .toSorted((a, b) => compareNaturally(phrases.versionOf(a.fact), phrases.versionOf(b.fact)));
    for (const [at, one] of sorted.entries()) ordered[indices[at] ?? 0] = one;
  }
  return ordered;
}

/** Puts facts of one key behind the first of them when there are more than `limit`. */
function gathered(
  facts: readonly OutlineFact[],
  keyOf: (fact: OutlineFact) => string | undefined,
  limit: number,
): OutlineFact[] {
  const groups = new Map<string, OutlineFact[]>();
  for (const [index, fact] of facts.entries()) {
    const key = keyOf(fact) ?? `fact ${index}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [fact]);
    else group.push(fact);
  }
  return [...groups.values()].flatMap((group) => {
    const [first, ...others] = group;
    if (first === undefined || group.length <= limit) return group;
    return [{ ...first, similar: [first, ...others].flatMap(flattened).slice(1) }];
  });
}

/** A fact and those behind it. */
export function flattened(fact: OutlineFact): readonly OutlineFact[] {
  const { similar = [], ...alone } = fact;
  return [alone, ...similar];
}

/** What facts share that say the same of several versions of one package. */
function likeness({ fact, terms, choices }: OutlineFact, phrases: Phrases): string | undefined {
  if (choices !== undefined || fact.kind === "root" || fact.kind === "missing") return undefined;
  if (fact.kind === "unavailable") {
    return `${phrases.label(fact.package)}\n${phrases.clause(fact, terms).object}`;
  }
  if (phrases.isRoot(fact.dependent) || fact.dependency.package === fact.dependent) return undefined;
  if (phrases.isSynthetic(fact.dependency.package) || phrases.isSynthetic(fact.dependent)) return undefined;
  const { verb, object } = phrases.clause(fact, terms);
  return `${phrases.label(fact.dependent)}\n${verb} ${object}`;
}

/** What facts share that say "this version requires that package" of one package, at whatever range. */
function companionship({ fact, terms, choices }: OutlineFact, phrases: Phrases): string | undefined {
  if (choices !== undefined || fact.kind !== "dependency" || phrases.isRoot(fact.dependent)) return undefined;
  if (fact.dependency.package === fact.dependent || phrases.isSynthetic(fact.dependency.package)) return undefined;
  // Without a term on the target nothing of it matches, which the sentence then says.
  const matches = terms.some((term) => term.package === fact.dependency.package);
  // Labels, not packages: a place in npm's tree is a package of its own.
  return `${phrases.label(fact.dependent)}\n${phrases.label(fact.dependency.package)}\n${fact.dependency.kind} ${matches}`;
}

/** Puts what is wrong with the choices of an alternative behind the fact that requires it. */
function withChoices(facts: readonly OutlineFact[], phrases: Phrases): readonly OutlineFact[] {
  const taken = new Set<OutlineFact>();
  const merged = facts.map((one): OutlineFact => {
    if (one.fact.kind !== "dependency" || !phrases.isAlternative(one.fact.dependency.package)) return one;
    const alternative = one.fact.dependency.package;
    const choices = facts.filter(
      (other) => other !== one && !taken.has(other) && phrases.isAboutChoice(alternative, other.fact),
    );
    for (const choice of choices) taken.add(choice);
    return choices.length === 0 ? one : { ...one, choices };
  });
  return merged.filter((one, index) => !taken.has(facts[index] ?? one));
}
