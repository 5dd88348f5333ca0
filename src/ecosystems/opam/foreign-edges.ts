import { EnkiError } from "../../model/enki-error.ts";
import type { ForeignRequirement } from "../../model/requirement.ts";
import type { Dependency } from "../../solver/provider.ts";
import type { RequirementTarget, SourceContext } from "../ecosystem.ts";
import type { OpamDefinition } from "./definition.ts";
import type { OpamEnvironment } from "./environment.ts";
import { compilerRequirement, foreignRequirements } from "./system-packages.ts";

/** A requirement on another ecosystem and the package that it means. */
export interface ForeignEdge {
  readonly requirement: ForeignRequirement;
  readonly target: RequirementTarget;
}

/**
 * What opam packages need from other ecosystems. A system package that nobody knows a nixpkgs attribute for does not
 * constrain the solution (choosing an older version because of it would surprise); it is an error once its dependent is
 * selected.
 */
export class ForeignEdges {
  private readonly context: Pick<SourceContext, "foreign">;
  private readonly settledCompiler: string | undefined;
  private readonly edges = new Map<OpamDefinition, readonly ForeignEdge[]>();
  private readonly unmapped = new Map<OpamDefinition, readonly EnkiError[]>();

  /** `settledCompiler` is the version of nixpkgs' OCaml when opam's compiler has to be the same. */
  constructor(context: Pick<SourceContext, "foreign">, settledCompiler: string | undefined) {
    this.context = context;
    this.settledCompiler = settledCompiler;
  }

  /** The edges of the solver that a definition's requirements mean. */
  of(definition: OpamDefinition, environment: OpamEnvironment): readonly Dependency[] {
    return this.resolved(definition, environment).map(({ requirement, target }) => ({
      package: target.package,
      requirement: target.requirement,
      kind: "requires",
      origin: { text: requirement.range, kind: "rule", why: requirement.why },
    }));
  }

  /** The requirements of a definition with what they mean. */
  resolved(definition: OpamDefinition, environment: OpamEnvironment): readonly ForeignEdge[] {
    const known = this.edges.get(definition);
    if (known !== undefined) return known;
    const edges: ForeignEdge[] = [];
    const unmapped: EnkiError[] = [];
    const settled = this.settledCompiler;
    const compiler = settled === undefined ? undefined : compilerRequirement(definition, settled);
    const requirements = foreignRequirements(definition, environment);
    for (const requirement of compiler === undefined ? requirements : [compiler, ...requirements]) {
      try {
        edges.push({ requirement, target: this.context.foreign(requirement) });
      } catch (error) {
        if (!(error instanceof EnkiError && error.code === "unmapped-system-dependency")) throw error;
        unmapped.push(error);
      }
    }
    this.edges.set(definition, edges);
    if (unmapped.length > 0) this.unmapped.set(definition, unmapped);
    return edges;
  }

  /** Throws the EnkiError of the first selected definition with an unmapped system package, all of them listed. */
  throwUnmapped(definitions: readonly OpamDefinition[]): void {
    const errors = definitions.flatMap((definition) => this.unmapped.get(definition) ?? []);
    const [first] = errors;
    if (first === undefined) return;
    if (errors.length === 1) throw first;
    throw new EnkiError("unmapped-system-dependency", errors.map((error) => error.message).join("\n"), {
      hint: [...new Set(errors.map((error) => error.hint ?? ""))].join("\n"),
      cause: first,
    });
  }
}
