import type { DependencyOrigin } from "../ecosystems/ecosystem.ts";
import { neutralise } from "../model/neutralise.ts";
import type { Narrator } from "../resolve/narrator.ts";
import type { Unresolvable } from "../resolve/request.ts";
import type { Paint } from "../report/paint.ts";
import type { Fact } from "../solver/derivation.ts";
import { placeOf } from "./render-diagnostic.ts";

/** The facts that together leave no answer, in the words of the manifests and registries. */
export function explain({ derivation, narrator, alsoTried }: Unresolvable, paint: Paint): string {
  const facts = derivation.nodes.flatMap((node) => (node.kind === "fact" ? [node.fact] : []));
  const lines = facts
    .flatMap((fact) => describeFact(fact, narrator, paint) ?? [])
    .map((line) => `  - ${line.trimEnd()}`);
  const tried = alsoTried.length === 0 ? [] : [`also tried in vain: ${alsoTried.map(neutralise).join(", ")}`];
  return ["these can't all hold:", ...new Set(lines), ...tried].join("\n");
}

function describeFact(fact: Fact, narrator: Narrator, paint: Paint): string | undefined {
  if (fact.kind === "root") return undefined;
  if (fact.kind === "dependency") return describeDependency(fact, narrator, paint);
  const name = neutralise(narrator.describe(fact.package).label);
  const reason = neutralise(narrator.describeReason(fact.package, fact.reason));
  if (fact.kind === "missing") return `${name} ${reason}`;
  const versions = neutralise(narrator.describeVersions(fact.package, fact.versions));
  return `${name} ${versions} can't be used: it ${reason}`;
}

function describeDependency(
  { dependent, versions, dependency }: Extract<Fact, { kind: "dependency" }>,
  narrator: Narrator,
  paint: Paint,
): string {
  const { kind, label } = narrator.describe(dependent);
  const from = kind === "root" ? label : `${label} ${narrator.describeVersions(dependent, versions)}`;
  const to = narrator.describe(dependency.package).label;
  const range = narrator.describeRequirement(dependency.package, dependency.requirement);
  const verb = dependency.kind === "constrains" ? "allows only" : "requires";
  const place = originOf(dependency.origin)?.place;
  const where = place === undefined ? "" : paint("dim", ` (${neutralise(placeOf(place))})`);
  return `${neutralise(from)} ${verb} ${neutralise(to)} ${neutralise(range)}${where}`;
}

function originOf(origin: unknown): DependencyOrigin | undefined {
  const isOrigin = typeof origin === "object" && origin !== null && "text" in origin && "kind" in origin;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Enki's own sources give nothing else
  return isOrigin ? (origin as DependencyOrigin) : undefined;
}
