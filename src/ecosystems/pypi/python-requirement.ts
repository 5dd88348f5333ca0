/** The field requires-python: which Pythons a distribution admits. */
import { parseSpecifierSet, specifierSetAdmits, type SpecifierSet } from "./pep/specifier.ts";
import type { Version } from "./pep/version.ts";
import { fullRange, rangeBetween, rangeHas } from "./pep/version-range.ts";

/** Judges requires-python texts for one Python, and remembers the answers: few texts serve thousands of files. */
export class PythonCheck {
  readonly #python: Version;
  readonly #checksUpperBounds: boolean;
  readonly #answers = new Map<string, boolean>();

  constructor(python: Version, checksUpperBounds: boolean) {
    this.#python = python;
    this.#checksUpperBounds = checksUpperBounds;
  }

  /** Whether the Python is admitted. A text that can't be read admits every Python, as in pip. */
  admits(requiresPython: string | undefined): boolean {
    if (requiresPython === undefined) return true;
    let answer = this.#answers.get(requiresPython);
    if (answer === undefined) {
      const parsed = parseSpecifierSet(requiresPython);
      answer = !parsed.ok || this.#judge(parsed.value);
      this.#answers.set(requiresPython, answer);
    }
    return answer;
  }

  #judge(set: SpecifierSet): boolean {
    if (this.#checksUpperBounds) return specifierSetAdmits(set, this.#python);
    return rangeHas(rangeBetween(lowerBound(set), undefined), this.#python.key);
  }
}

/** The least version key that the set admits; above everything when it admits nothing. */
function lowerBound(set: SpecifierSet): string | undefined {
  return set.range.length === 0 ? "\uffff" : set.range[0];
}

/**
 * The lower bound of requires-python as a specifier: what the edge to the toolchain says, since upper bounds are caps of
 * habit that say nothing about what works (`<4`), and PEP 440 gives them no other meaning than "not tested".
 */
export function lowerBoundText(requiresPython: string): string {
  const parsed = parseSpecifierSet(requiresPython);
  if (!parsed.ok || parsed.value.range.length === 0) return parsed.ok ? requiresPython : "*";
  const bounds = parsed.value.specifiers.filter(({ operator }) => [">=", ">", "~=", "=="].includes(operator));
  if (parsed.value.range[0] === fullRange[0] || bounds.length === 0) return "*";
  // The clause whose own lower bound is the bound of the whole; `~=3.8` and `==3.8.*` become `>=3.8`.
  const found = bounds.find(({ range }) => range[0] === parsed.value.range[0]);
  if (found === undefined) return requiresPython;
  const version = found.isPrefix ? found.versionText.slice(0, -2) : found.versionText;
  return found.operator === ">" ? `>${version}` : `>=${version}`;
}
