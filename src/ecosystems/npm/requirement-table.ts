import { ANY_VERSION, type RequirementIndex } from "../../solver/provider.ts";
import { parseDependencySpec, type DependencySpec } from "./dependency-spec.ts";

/** A range in the solver's numbering. */
export interface SlotRequirement {
  readonly text: string;
  readonly spec: DependencySpec;
  /** Whether doing without is fine too: optional dependencies and optional peers. */
  readonly admitsAbsence: boolean;
}

/** Numbers the ranges of one source, from 1 on. */
export class RequirementTable {
  readonly #requirements: SlotRequirement[] = [];
  readonly #known = new Map<string, RequirementIndex>();

  intern(name: string, text: string, admitsAbsence: boolean): RequirementIndex {
    const key = `${admitsAbsence ? "?" : "!"}${text}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#requirements.push({ text, spec: parseDependencySpec(name, text), admitsAbsence });
    const index = this.#requirements.length;
    this.#known.set(key, index);
    return index;
  }

  /** `undefined` for the requirement that anything fulfils. */
  get(index: RequirementIndex): SlotRequirement | undefined {
    return index === ANY_VERSION ? undefined : this.#requirements[index - 1];
  }
}
