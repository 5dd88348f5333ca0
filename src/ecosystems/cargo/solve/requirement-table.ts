import type { RequirementIndex } from "../../../solver/provider.ts";
import { ANY_VERSION } from "../../../solver/provider.ts";
import type { CargoRequirement } from "../versions/requirement.ts";
import { anyVersion } from "../versions/requirement.ts";

/** What a requirement of the solver means for a crate. */
export type Wanted =
  | { readonly kind: "range"; readonly requirement: CargoRequirement }
  /** The lowest version inside of the range and nothing else: for `lowest-direct`. */
  | { readonly kind: "lowest"; readonly requirement: CargoRequirement }
  /** Any version that does not claim this native library. */
  | { readonly kind: "without-links"; readonly links: string };

/** Numbers the requirements of one problem. */
export class RequirementTable {
  readonly #wanted: (Wanted | undefined)[] = [undefined];
  readonly #ranges = new Map<string, RequirementIndex>();
  readonly #lowest = new Map<string, RequirementIndex>();
  readonly #links = new Map<string, RequirementIndex>();

  range(requirement: CargoRequirement): RequirementIndex {
    if (requirement === anyVersion) return ANY_VERSION;
    return this.#intern(this.#ranges, requirement.text, { kind: "range", requirement });
  }

  lowest(requirement: CargoRequirement): RequirementIndex {
    return this.#intern(this.#lowest, requirement.text, { kind: "lowest", requirement });
  }

  withoutLinks(links: string): RequirementIndex {
    return this.#intern(this.#links, links, { kind: "without-links", links });
  }

  /** `undefined` for {@link ANY_VERSION}. */
  get(index: RequirementIndex): Wanted | undefined {
    return this.#wanted[index];
  }

  #intern(known: Map<string, RequirementIndex>, key: string, wanted: Wanted): RequirementIndex {
    let index = known.get(key);
    if (index === undefined) {
      index = this.#wanted.push(wanted) - 1;
      known.set(key, index);
    }
    return index;
  }
}
