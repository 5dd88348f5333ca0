import { ANY_VERSION, type RequirementIndex } from "../../solver/provider.ts";
import { parseDependencySpec, type DependencySpec } from "./dependency-spec.ts";
import type { NpmEdgeKind } from "./project.ts";

/** A range in the solver's numbering. */
export interface SlotRequirement {
  readonly text: string;
  readonly spec: DependencySpec;
  /** Whether doing without is fine too: optional dependencies and optional peers. */
  readonly admitsAbsence: boolean;
  /** Whether any version will do: npm installs what a peer's tag points to, but holds no version that is there against it. */
  readonly admitsAnyVersion: boolean;
}

/** Numbers the ranges of one source, from 1 on. */
export class RequirementTable {
  readonly #requirements: SlotRequirement[] = [];
  readonly #known = new Map<string, RequirementIndex>();

  intern(name: string, text: string, kind: NpmEdgeKind): RequirementIndex {
    const admitsAbsence = kind === "optional" || kind === "peerOptional";
    const isPeer = kind === "peer" || kind === "peerOptional";
    const key = `${admitsAbsence ? "?" : "!"}${isPeer ? "peer" : ""} ${text}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const spec = parseDependencySpec(name, text);
    this.#requirements.push({ text, spec, admitsAbsence, admitsAnyVersion: isPeer && spec.kind === "tag" });
    const index = this.#requirements.length;
    this.#known.set(key, index);
    return index;
  }

  /** `undefined` for the requirement that anything fulfils. */
  get(index: RequirementIndex): SlotRequirement | undefined {
    return index === ANY_VERSION ? undefined : this.#requirements[index - 1];
  }
}
