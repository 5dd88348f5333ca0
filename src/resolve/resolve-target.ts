import { blameManifests } from "./blame-manifests.ts";
import { CapturingProblem, type CapturedProblem } from "./captured-problem.ts";
import { dropUnreached } from "./drop-unreached.ts";
import { contestedNames } from "./contested-names.ts";
import { driveSolver, type RoundReport } from "./drive.ts";
import { collectNested } from "./nested-project.ts";
import { JointProblem, ROOT } from "./joint-problem.ts";
import { jointEdges, SERVICE_ROOT, type ManifestPin } from "./joint-edges.ts";
import type { TargetResolution } from "./merge-targets.ts";
import { RESOLVING_FOR } from "./narrator.ts";
import type { ResolveRequest, TargetStatistics, Unfinished } from "./request.ts";
import { toolAssignments, type ToolAssignment } from "./settle-tools.ts";
import type { LockedPreference, Objection, RequirementTarget, Selection } from "../ecosystems/ecosystem.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { Manifest } from "../model/manifest.ts";
import type { EcosystemId, ForeignRequirement } from "../model/requirement.ts";
import type { Edge, PackageId, ResolvedPackage } from "../model/resolution.ts";
import type { SystemName, Target } from "../model/target.ts";
import type { Derivation } from "../solver/derivation.ts";
import type { Dependency } from "../solver/provider.ts";
import type { Outcome, Solved } from "../solver/outcome.ts";

/** How many answers of one problem are looked at in search of one that its sources can carry out. */
const MAXIMUM_ANSWERS = 100;

/** What one target came to; the problem itself too where the request asks for it. */
export type TargetOutcome = { readonly captured?: CapturedProblem } & (
  | { readonly kind: "resolved"; readonly resolution: TargetResolution; readonly statistics: TargetStatistics }
  | {
      readonly kind: "unsatisfiable";
      readonly derivation: Derivation;
      readonly problem: JointProblem;
      readonly alsoTried: readonly string[];
      readonly statistics: TargetStatistics;
    }
  | {
      readonly kind: "stopped";
      readonly stop: Pick<Unfinished, "reason" | "decided" | "undecided" | "contested">;
      readonly statistics: TargetStatistics;
    }
);

/**
 * Resolves the service for one system: settles the toolchains, solves, and collects what the selection means. When the
 * proof of a failure blames a settled toolchain version, the next assignment that changes a blamed toolchain is tried.
 */
export async function resolveTarget(
  request: ResolveRequest,
  system: SystemName,
  preferred: readonly ResolvedPackage[],
  report: (diagnostic: Diagnostic) => void,
): Promise<TargetOutcome> {
  const used = new Set(request.manifests.map((manifest) => manifest.ecosystem));
  for (;;) {
    const outcome = await resolveWith(request, system, used, preferred, report);
    if (outcome.kind !== "unsettled") return outcome;
    // An ecosystem without a manifest, which only an edge leads to, may depend on toolchains too.
    for (const ecosystem of outcome.ecosystems) used.add(ecosystem);
  }
}

/** Some sources were opened whose toolchains are not settled. */
interface Unsettled {
  readonly kind: "unsettled";
  readonly ecosystems: readonly EcosystemId[];
}

/** Resolves with the toolchains of the ecosystems in `used` settled. */
async function resolveWith(
  request: ResolveRequest,
  system: SystemName,
  used: ReadonlySet<EcosystemId>,
  preferred: readonly ResolvedPackage[],
  report: (diagnostic: Diagnostic) => void,
): Promise<TargetOutcome | Unsettled> {
  const required = [...request.manifests.flatMap((manifest) => manifest.foreign), ...request.serviceRequirements];
  const assignments = toolAssignments(request.ecosystems, used, required, request);
  const excluded: ReadonlyMap<string, string>[] = [];
  let firstFailure: Extract<TargetOutcome, { readonly kind: "unsatisfiable" }> | undefined;
  for (const tools of assignments) {
    if (excluded.some((blamed) => [...blamed].every(([tool, version]) => tools.get(tool) === version))) continue;
    // Each assignment is tried only because the one before it failed.
    const { outcome, blamed } = await solveOnce(request, { system, tools }, used, preferred, report);
    if (outcome.kind !== "unsatisfiable") return outcome;
    firstFailure ??= outcome;
    if (blamed.size === 0) return outcome;
    excluded.push(blamed);
  }
  if (firstFailure === undefined) throw new Error("there is always at least one assignment of toolchains");
  // The first is the one that the proof speaks of, unless it gets by with what manifests say.
  const others = speaksOfTools(firstFailure.derivation) ? excluded.slice(1) : [];
  const tried = others.flatMap((blamed) => [...blamed].map(([tool, version]) => `${tool} ${version}`));
  return { ...firstFailure, alsoTried: [...new Set(tried)] };
}

async function solveOnce(
  request: ResolveRequest,
  target: Target,
  used: ReadonlySet<EcosystemId>,
  preferred: readonly ResolvedPackage[],
  report: (diagnostic: Diagnostic) => void,
): Promise<{ readonly outcome: TargetOutcome | Unsettled; readonly blamed: ReadonlyMap<string, string> }> {
  const pins = toolPins(request, target.tools);
  const serviceRequirements = [...request.serviceRequirements, ...pins.values()];
  const problem = openProblem(request, target, serviceRequirements, preferred, report);
  let lastRound = 0;
  const onRound = (round: RoundReport): void => {
    lastRound = round.rounds;
    request.onProgress?.({ phase: "loading", system: target.system, ...round });
  };
  let capturing: CapturingProblem | undefined;
  let driven: Awaited<ReturnType<typeof driveSolver>>;
  let objections: readonly Objection[];
  let hasLearned = false;
  for (let answers = 1; ; answers++) {
    capturing = request.capturesProblems === true ? new CapturingProblem(problem) : undefined;
    driven = await driveSolver(capturing ?? problem, request.limits, request.signal, onRound);
    objections = objectionsTo(problem, driven.outcome);
    if (objections.length === 0 || answers === MAXIMUM_ANSWERS) break;
    hasLearned = true;
  }
  const { outcome, rounds } = driven;
  const counts = outcome.statistics;
  const captured = capturing === undefined ? {} : { captured: capturing.capture(target) };
  const statistics = { ...counts, system: target.system, tools: target.tools, rounds, packages: 0 };
  if (outcome.kind === "stopped") {
    const stop = { ...outcome, contested: contestedNames(outcome, problem) };
    return { outcome: { kind: "stopped", stop, statistics, ...captured }, blamed: new Map() };
  }
  const inTheWay = [...new Set(objections.flatMap(({ names }) => names))];
  if (outcome.kind === "solved" && objections.some(({ isTolerable }) => !isTolerable)) {
    const stop = { reason: "answers", decided: outcome.decisions.size, undecided: 0, contested: inTheWay } as const;
    return { outcome: { kind: "stopped", stop, statistics, ...captured }, blamed: new Map() };
  }
  if (objections.length > 0) report(lastAnswerTaken(target.system, inTheWay));
  const toolsOf = (ecosystem: EcosystemId): readonly string[] => request.ecosystems.get(ecosystem)?.requiredTools ?? [];
  const opened = problem.openedSources().map(([ecosystem]) => ecosystem);
  const unsettled = opened.filter((ecosystem) => !used.has(ecosystem) && toolsOf(ecosystem).length > 0);
  if (unsettled.length > 0) return { outcome: { kind: "unsettled", ecosystems: unsettled }, blamed: new Map() };
  if (outcome.kind === "unsatisfiable") {
    // What was learned came from answers near the lock; a lock is never a reason, so it is tried without.
    if (hasLearned && preferred.length > 0) return solveOnce(request, target, used, [], report);
    const blamed = blamedTools(outcome.derivation, pins, target.tools);
    const failure = {
      kind: "unsatisfiable",
      derivation: blameManifests(
        outcome.derivation,
        problem,
        ROOT,
        (dependency) => pinOf(dependency, pins) !== undefined,
      ),
      problem,
      alsoTried: [],
      statistics,
      ...captured,
    } as const;
    return { outcome: failure, blamed };
  }
  request.onProgress?.({ phase: "collecting", system: target.system, waitingFor: 0, rounds: lastRound });
  const selection = selectionOf(outcome);
  const foreignPackageId = (foreign: RequirementTarget): string | undefined => problem.packageId(foreign, selection);
  const own = await Promise.all(
    problem.openedSources().map(([ecosystem, source]) =>
      source.collect(selection, {
        manifests: request.manifests.filter((manifest) => manifest.ecosystem === ecosystem),
        foreignPackageId,
        signal: request.signal,
      }),
    ),
  );
  const inside = await Promise.all(
    problem.openedProjects().map((one) => collectNested(one, selection, { foreignPackageId, signal: request.signal })),
  );
  const parts = [...own, ...inside.filter((part) => part !== undefined)];
  const edges = jointEdges(
    problem,
    selection,
    request.manifests,
    request.serviceRequirements,
    request.declaredEdges,
    manifestPins(request.manifests, used, toolsOf, pins),
    parts,
    (syntax, range, version) => request.ecosystems.get(syntax)?.rangeAdmits(range, version) ?? false,
  );
  const hasServiceRoot = edges.some((edge) => edge.from === SERVICE_ROOT);
  const jointRoots = hasServiceRoot
    ? [{ id: SERVICE_ROOT, ecosystem: "enki", file: "enki.toml", sha256: "", details: {} }]
    : [];
  const reachedParts = dropUnreached(parts, edges);
  const packages = reachedParts.reduce((sum, part) => sum + part.packages.length, 0);
  return {
    outcome: {
      kind: "resolved",
      resolution: { target, parts: reachedParts, jointEdges: edges, jointRoots },
      statistics: { ...statistics, packages },
      ...captured,
    },
    blamed: new Map(),
  };
}

/** One object per outcome, so that sources can keep what they made of it. */
const selections = new WeakMap<Solved, Selection>();

function selectionOf(outcome: Solved): Selection {
  const known = selections.get(outcome);
  if (known !== undefined) return known;
  const selection: Selection = { candidate: (package_) => outcome.decisions.get(package_) };
  selections.set(outcome, selection);
  return selection;
}

/** Why sources can't carry out an answer; they then give other facts the next time. */
function objectionsTo(problem: JointProblem, outcome: Outcome): readonly Objection[] {
  if (outcome.kind !== "solved") return [];
  return problem.openedSources().flatMap(([, source]) => source.learnFrom?.(selectionOf(outcome)) ?? []);
}

function lastAnswerTaken(system: SystemName, names: readonly string[]): Diagnostic {
  const tried = `none of the first ${String(MAXIMUM_ANSWERS)} answers for ${system} can be carried out in full`;
  const message = `${tried}: the last one is taken, in which not everything finds ${names.join(", ")} as it asks for it`;
  const help = "--verbose lists what is affected; narrower requirements there make a full answer easier to find";
  return { code: "incomplete-answer", severity: "warning", message, help };
}

function openProblem(
  request: ResolveRequest,
  target: Target,
  serviceRequirements: readonly ForeignRequirement[],
  preferred: readonly ResolvedPackage[],
  report: (diagnostic: Diagnostic) => void,
): JointProblem {
  const preferences = new Map<EcosystemId, LockedPreference[]>();
  const edgesTo = new Map<PackageId, Edge[]>();
  for (const edge of request.previous?.edges ?? []) {
    const edges = edgesTo.get(edge.to);
    if (edges === undefined) edgesTo.set(edge.to, [edge]);
    else edges.push(edge);
  }
  for (const package_ of preferred) {
    const list = preferences.get(package_.ecosystem) ?? [];
    const edges = edgesTo.get(package_.id) ?? [];
    list.push({ name: package_.name, version: package_.version, package: package_, edges });
    preferences.set(package_.ecosystem, list);
  }
  return new JointProblem({
    ecosystems: request.ecosystems,
    manifests: request.manifests,
    serviceRequirements,
    declaredEdges: request.declaredEdges,
    question: request.question,
    settingsOf: (ecosystem) => ({
      target,
      options: {
        ...request.options,
        settings: new Map([...request.options.settings, ...(request.settings?.get(ecosystem) ?? [])]),
      },
      registries: request.registries.get(ecosystem) ?? [],
      preferences: preferences.get(ecosystem) ?? [],
      http: request.http,
      git: request.git,
      files: request.files,
      projectDirectory: request.projectDirectory,
      environmentVariables: request.environmentVariables,
      nowMs: request.nowMs,
      isOffline: request.isOffline,
      report,
    }),
  });
}

/** The toolchains that each manifest was resolved for, and those of ecosystems without one. */
function manifestPins(
  manifests: readonly Manifest[],
  used: ReadonlySet<EcosystemId>,
  toolsOf: (ecosystem: EcosystemId) => readonly string[],
  pins: ReadonlyMap<string, ForeignRequirement>,
): readonly ManifestPin[] {
  const pinsOf = (ecosystem: EcosystemId, whose: string): readonly ForeignRequirement[] =>
    toolsOf(ecosystem).flatMap((tool) => {
      const pin = pins.get(tool);
      return pin === undefined ? [] : [{ ...pin, range: "*", why: `the toolchain ${whose} resolved for` }];
    });
  const own = new Set(manifests.map(({ ecosystem }) => ecosystem));
  return [
    ...manifests.flatMap((manifest) =>
      pinsOf(manifest.ecosystem, "it was").map((requirement) => ({ manifest, requirement })),
    ),
    ...[...used]
      .filter((ecosystem) => !own.has(ecosystem))
      .flatMap((ecosystem) =>
        pinsOf(ecosystem, `its ${ecosystem} packages were`).map((requirement) => ({ requirement })),
      ),
  ];
}

/** Whether a proof says which toolchain versions were tried. */
function speaksOfTools({ nodes }: Derivation): boolean {
  return nodes.some(({ kind, ...node }) => {
    if (kind !== "fact" || !("fact" in node) || node.fact.kind !== "dependency") return false;
    const { origin } = node.fact.dependency;
    const why = origin !== null && typeof origin === "object" && "why" in origin ? origin.why : undefined;
    return typeof why === "string" && why.startsWith(RESOLVING_FOR);
  });
}

/** The requirements that hold the settled toolchains to their versions, so that a proof can blame them. */
function toolPins(request: ResolveRequest, tools: ToolAssignment): ReadonlyMap<string, ForeignRequirement> {
  const offering = [...request.ecosystems.values()].find((ecosystem) => ecosystem.toolCandidates !== undefined);
  const pins = new Map<string, ForeignRequirement>();
  if (offering === undefined) return pins;
  for (const [tool, version] of tools) {
    pins.set(tool, {
      ecosystem: offering.id,
      name: `tool:${tool}`,
      range: `=${version}`,
      rangeSyntax: offering.id,
      kind: "tool",
      why: `${RESOLVING_FOR} ${tool} ${version}${askedFor(request, `tool:${tool}`)}`,
    });
  }
  return pins;
}

/** Who narrowed the choice of a toolchain: an explanation that blames the settled version has to lead there. */
function askedFor({ manifests, serviceRequirements }: ResolveRequest, name: string): string {
  const askers = [...serviceRequirements, ...manifests.flatMap(({ foreign }) => foreign)].flatMap((requirement) => {
    if (requirement.name !== name || requirement.range === "*") return [];
    const { origin, why, range } = requirement;
    const place =
      origin === undefined ? why : [origin.file, origin.line].filter((part) => part !== undefined).join(":");
    return [`${place} asks for ${range}`];
  });
  return askers.length === 0 ? "" : ` (${askers.join(", ")})`;
}

function blamedTools(
  derivation: Derivation,
  pins: ReadonlyMap<string, ForeignRequirement>,
  tools: ToolAssignment,
): ReadonlyMap<string, string> {
  const blamed = new Map<string, string>();
  for (const node of derivation.nodes) {
    if (node.kind !== "fact" || node.fact.kind !== "dependency") continue;
    const tool = pinOf(node.fact.dependency, pins);
    const version = tool === undefined ? undefined : tools.get(tool);
    if (tool !== undefined && version !== undefined) blamed.set(tool, version);
  }
  return blamed;
}

/** The toolchain that a requirement of the root holds to its settled version, if that is what it is for. */
function pinOf({ origin }: Dependency, pins: ReadonlyMap<string, ForeignRequirement>): string | undefined {
  const why = origin !== null && typeof origin === "object" && "why" in origin ? origin.why : undefined;
  return [...pins].find(([, pin]) => pin.why === why)?.[0];
}
