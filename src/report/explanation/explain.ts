import type { Origin } from "../../model/origin.ts";
import type { Narrator } from "../../resolve/narrator.ts";
import type { Derivation } from "../../solver/derivation.ts";
import { flattened } from "./bundles.ts";
import { type FactRecord, factRecord } from "./fact-record.ts";
import { type ExplanationHint, hintsOf } from "./hints.ts";
import { outline } from "./outline.ts";
import { Phrases } from "./phrases.ts";
import { type ProseLine, proseLines, proseText } from "./prose.ts";
import { treeView } from "./tree-view.ts";

/** A premise of a step: a fact, or an earlier step by its position. */
export type ExplanationPremise =
  | {
      readonly kind: "fact";
      readonly text: string;
      /** What the fact is made of. */
      readonly record: FactRecord;
      /** Where it stands, when it stands in a manifest. */
      readonly place?: Origin;
    }
  | { readonly kind: "step"; readonly step: number };

/** One step of an explanation, for programs. */
export interface ExplanationStep {
  readonly because: readonly ExplanationPremise[];
  readonly conclusion: string;
}

/** Why there is no answer. Everything in it is text or plain data, in a fixed order. */
export interface Explanation {
  /** Sentences, one per line, without a heading. */
  readonly text: string;
  /** The same as a tree. */
  readonly tree: string;
  readonly steps: readonly ExplanationStep[];
  readonly hints: readonly ExplanationHint[];
}

/** Turns a proof into words. The narrator must be the one of the problem that was proved to have no answer. */
export function explain(derivation: Derivation, narrator: Narrator): Explanation {
  const phrases = new Phrases(narrator, derivation);
  const conclusion = outline(derivation, phrases);
  const lines = proseLines(conclusion, phrases);
  return {
    text: proseText(lines),
    tree: treeView(conclusion, phrases),
    steps: stepsOf(lines, phrases),
    hints: hintsOf(derivation, phrases),
  };
}

function stepsOf(lines: readonly ProseLine[], phrases: Phrases): readonly ExplanationStep[] {
  const position = new Map(lines.map((line, index) => [line.step, index]));
  return lines.map(({ step }) => ({
    because: [
      ...step.steps.map((premise) => ({ kind: "step" as const, step: position.get(premise) ?? 0 })),
      ...step.facts
        .flatMap((fact) => [...flattened(fact), ...(fact.choices ?? [])])
        .map(({ fact, terms }) => {
          const { subject, verb, object, place } = phrases.clause(fact, terms);
          const text = [subject, verb, object].filter((part) => part !== "").join(" ");
          const record = factRecord(fact, phrases);
          return { kind: "fact" as const, text, record, ...(place === undefined ? {} : { place }) };
        }),
    ],
    conclusion: step.conclusion,
  }));
}
