import { canonicalJson } from "../model/canonical-json.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { compareBytewise } from "../model/order.ts";
import { neutralise } from "../model/neutralise.ts";
import type { Resolution } from "../model/resolution.ts";
import { findDivergences, renderDivergence } from "../report/divergences.ts";
import type { PackageChange } from "../report/lock-diff.ts";
import type { Paint } from "../report/paint.ts";
import type { TargetStatistics } from "../resolve/request.ts";
import type { Shell } from "./shell.ts";

/** What a resolution came to, for people and programs. */
export interface Outcome {
  readonly resolution: Resolution;
  readonly changes: readonly PackageChange[];
  readonly diagnostics: readonly Diagnostic[];
  readonly statistics: readonly TargetStatistics[];
  readonly elapsedMs: number;
}

/** `Resolved 213 packages (cargo 40, npm 173) for x86_64-linux in 1.2 s`. */
export function summaryLine({ resolution, elapsedMs }: Outcome, paint: Paint): string {
  const counts = [...packageCounts(resolution)].map(([ecosystem, count]) => `${ecosystem} ${String(count)}`);
  const total = resolution.packages.length;
  const systems = resolution.targets.map(({ system }) => system).join(", ");
  const parts = counts.length > 1 ? ` (${counts.join(", ")})` : "";
  return `${paint("good", "Resolved")} ${String(total)} ${total === 1 ? "package" : "packages"}${parts} for ${systems} ${paint("dim", `in ${duration(elapsedMs)}`)}`;
}

/** Divergences that are listed; the rest is counted. */
const MAXIMUM_DIVERGENCES = 10;

/** Says which packages are not the same on all systems that were resolved for. */
export function reportDivergences(shell: Shell, resolution: Resolution): void {
  const divergences = findDivergences(resolution);
  if (divergences.length === 0) return;
  const count = divergences.length === 1 ? "1 package differs" : `${String(divergences.length)} packages differ`;
  shell.talk(`${shell.paint("note", "note")}: ${count} between the systems`);
  const shown = shell.isVerbose ? divergences.length : MAXIMUM_DIVERGENCES;
  for (const divergence of divergences.slice(0, shown)) shell.talk(`  ${renderDivergence(divergence, shell.paint)}`);
  if (divergences.length > shown) {
    shell.talk(`  … and ${String(divergences.length - shown)} more (--verbose shows all)`);
  }
}

/** Says, once per ecosystem, what could not be made sure of. */
export function reportFidelity(shell: Shell, resolution: Resolution): void {
  for (const { ecosystem, gaps, unverified } of resolution.fidelity) {
    if (unverified.length > 0 && !shell.isVerbose) {
      const count = unverified.length === 1 ? "1 edge" : `${String(unverified.length)} edges`;
      shell.talk(`${shell.paint("note", "note")}: ${ecosystem}: ${count} could not be verified (--verbose lists them)`);
    }
    for (const gap of gaps) shell.detail(`${ecosystem}: known gap: ${neutralise(gap)}`);
    for (const edge of unverified) shell.detail(`${ecosystem}: not verified: ${neutralise(edge)}`);
  }
}

/** The outcome for programs. Holds no time, so that equal outcomes are equal texts. */
export function outcomeJson(outcome: Outcome, written: readonly string[]): string {
  const { resolution, changes, diagnostics, statistics } = outcome;
  return canonicalJson({
    status: "resolved",
    systems: resolution.targets.map(({ system }) => system),
    packages: packageCounts(resolution),
    changes: changes.map(({ ecosystem, name, before, after }) => ({ ecosystem, name, before, after })),
    written,
    divergences: findDivergences(resolution).map(({ ecosystem, name, versions }) => ({ ecosystem, name, versions })),
    diagnostics: diagnostics.map(diagnosticRecord),
    fidelity: resolution.fidelity.map(({ ecosystem, gaps, unverified }) => ({ ecosystem, gaps, unverified })),
    statistics: statistics.map(({ system, rounds, decisions, conflicts, propagations, learned }) => ({
      system,
      rounds,
      decisions,
      conflicts,
      propagations,
      learned,
    })),
  });
}

/** A diagnostic as JSON. */
export function diagnosticRecord({ code, severity, message, origin, help }: Diagnostic): {
  readonly [key: string]: string | { readonly [key: string]: string | number | undefined } | undefined;
} {
  if (origin === undefined) return { code, severity, message, help };
  const { file, line, column } = origin;
  return { code, severity, message, help, origin: { file, line, column } };
}

/** How many packages there are of each ecosystem, sorted. */
function packageCounts(resolution: Resolution): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { ecosystem } of resolution.packages) counts.set(ecosystem, (counts.get(ecosystem) ?? 0) + 1);
  return new Map([...counts].toSorted(([left], [right]) => compareBytewise(left, right)));
}

function duration(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds.toFixed(0)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}
