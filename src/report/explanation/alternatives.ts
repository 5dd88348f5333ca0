import type { Narrator } from "../../resolve/narrator.ts";
import type { Derivation, Fact } from "../../solver/derivation.ts";
import type { PackageIndex } from "../../solver/provider.ts";
import { membersOf } from "../../solver/version-set.ts";
import { listed, shortList } from "./lists.ts";
import type { OutlineFact } from "./outline.ts";

/** How many choices of an alternative are spelled out. */
const MAX_CHOICES = 8;

type DependencyFact = Fact & { readonly kind: "dependency" };

/** What one choice of an alternative requires. */
interface Choice {
  readonly packages: Set<PackageIndex>;
  readonly parts: Set<string>;
}

/** The alternatives ("one of") of a proof: packages that no reader knows, whose candidates are the choices. */
export class Alternatives {
  /** Per alternative and candidate, in the order in which the proof speaks of them. */
  private readonly known = new Map<PackageIndex, Map<number, Choice>>();

  constructor(narrator: Narrator, derivation: Derivation, wordsOf: (fact: DependencyFact) => string) {
    for (const node of derivation.nodes) {
      if (node.kind !== "fact" || node.fact.kind !== "dependency") continue;
      const { fact } = node;
      if (narrator.describe(fact.dependent).kind !== "alternative" || fact.dependency.kind === "constrains") continue;
      const choices = this.known.get(fact.dependent) ?? new Map<number, Choice>();
      for (const candidate of membersOf(fact.versions)) {
        const choice = choices.get(candidate) ?? { packages: new Set(), parts: new Set() };
        choice.packages.add(fact.dependency.package);
        choice.parts.add(wordsOf(fact));
        choices.set(candidate, choice);
      }
      this.known.set(fact.dependent, choices);
    }
  }

  /** Whether a fact says why a choice can't be had. */
  isAboutChoice(alternative: PackageIndex, fact: Fact): boolean {
    if (fact.kind === "root") return false;
    if (fact.kind === "dependency") return fact.dependent === alternative;
    return this.ordered(alternative).some(({ packages }) => packages.has(fact.package));
  }

  /** `one of x ^1, y ^2 or z`. */
  text(alternative: PackageIndex): string {
    const texts = this.distinct(alternative).map(({ parts }) => listed([...parts], "and"));
    return texts.length <= 1 ? (texts[0] ?? "something") : `one of ${shortList(texts, "or", MAX_CHOICES)}`;
  }

  /** How many choices there are, and each as a line with what is wrong with it. */
  choicesOf(
    alternative: PackageIndex,
    wrong: readonly (OutlineFact & { readonly remark: string })[],
  ): { readonly count: number; readonly lines: readonly string[] } {
    const lines = this.distinct(alternative).map(({ parts, packages }) => {
      const remarks = wrong.flatMap(({ fact, remark }) => {
        if (fact.kind === "root") return [];
        return packages.has(fact.kind === "dependency" ? fact.dependency.package : fact.package) ? [remark] : [];
      });
      return [listed([...parts], "and"), ...new Set(remarks)].join(", ");
    });
    const more = lines.length > MAX_CHOICES ? [`${lines.length - MAX_CHOICES + 1} others`] : [];
    return { count: lines.length, lines: [...lines.slice(0, more.length > 0 ? MAX_CHOICES - 1 : undefined), ...more] };
  }

  private distinct(alternative: PackageIndex): readonly Choice[] {
    const seen = new Set<string>();
    return this.ordered(alternative).filter(({ parts }) => {
      const key = [...parts].join("\n");
      return seen.size < seen.add(key).size;
    });
  }

  private ordered(alternative: PackageIndex): readonly Choice[] {
    const choices = [...(this.known.get(alternative) ?? [])];
    return choices.toSorted(([a], [b]) => a - b).map(([, choice]) => choice);
  }
}
