import { EnkiError } from "../model/enki-error.ts";
import { didYouMean } from "../model/suggestion.ts";
import { findPackages } from "../report/find-packages.ts";
import { DependencyGraph } from "../report/graph.ts";
import { graphJson } from "../report/graph-json.ts";
import { renderTree } from "../report/tree.ts";
import { renderWhy } from "../report/why.ts";
import type { CommandContext, ExitStatus } from "./command-context.ts";
import { requireLock } from "./service.ts";

/** What `enki tree` was asked for. */
export interface TreeRequest {
  readonly packages: readonly string[];
  readonly invert?: boolean;
  readonly depth?: number;
  readonly ecosystem?: string;
  readonly tools?: boolean;
  readonly json?: boolean;
}

/** Prints the tree of the lock. */
export async function showTree(context: CommandContext, request: TreeRequest): Promise<ExitStatus> {
  const graph = new DependencyGraph(requireLock(context).resolution);
  const { shell } = context;
  const { packages, ecosystem, depth } = request;
  checkEcosystem(graph, ecosystem);
  if (request.json === true) {
    shell.data(graphJson(graph));
    return 0;
  }
  const isInverted = request.invert === true;
  if (isInverted && packages.length === 0) {
    throw new EnkiError("usage", "--invert needs a package to start from", { hint: "enki tree --invert PACKAGE" });
  }
  const start = packages.flatMap((query) => findPackages(graph, query));
  const options = {
    isInverted,
    showsTools: request.tools === true,
    ...(depth === undefined ? {} : { depth }),
    ...(ecosystem === undefined ? {} : { ecosystem }),
    ...(start.length === 0 ? {} : { start }),
  };
  shell.data(renderTree(graph, options, shell.dataPaint));
  return 0;
}

/** Prints why a package is in the lock. */
export async function showWhy(context: CommandContext, query: string, limit: number): Promise<ExitStatus> {
  const graph = new DependencyGraph(requireLock(context).resolution);
  const found = findPackages(graph, query);
  const { shell } = context;
  shell.data(found.map((node) => renderWhy(graph, node, limit, shell.dataPaint)).join("\n"));
  return 0;
}

function checkEcosystem(graph: DependencyGraph, ecosystem: string | undefined): void {
  if (ecosystem === undefined) return;
  const known = new Set([...graph.roots, ...graph.packages].map((node) => node.ecosystem));
  if (known.has(ecosystem)) return;
  const hint = didYouMean(ecosystem, known) ?? `it has ${[...known].toSorted().join(", ")}`;
  throw new EnkiError("not-found", `the lock has no package of ${JSON.stringify(ecosystem)}`, { hint });
}
