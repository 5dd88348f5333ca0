import type { PackageId } from "../../../model/resolution.ts";
import type { Selection } from "../../ecosystem.ts";
import type { Activated } from "../package/activation.ts";
import { packageIdOf } from "../package/package-id.ts";
import type { CrateDependency, Release } from "../package/release.ts";
import type { CargoProblem } from "./cargo-problem.ts";
import { releaseOf, targetNode } from "./dependency-compiler.ts";
import type { BucketNode, LocalNode } from "./nodes.ts";

/** One selected release. */
export interface Selected {
  readonly node: LocalNode | BucketNode;
  readonly release: Release;
  readonly id: PackageId;
  readonly isYanked: boolean;
}

/** A release that `[replace]` put aside: the lock names it and what is built in its place. */
export interface Replaced extends Selected {
  readonly replacedBy: PackageId;
}

/** One selected release with what is switched on in it. */
export type Used = Activated<Selected, CrateDependency>;

/** Finds what was selected for a declaration; each release is one object, so that it can be a key. */
export class SelectedReleases {
  readonly #problem: CargoProblem;
  readonly #selection: Selection;
  readonly #known = new Map<LocalNode | BucketNode, Selected>();

  constructor(problem: CargoProblem, selection: Selection) {
    this.#problem = problem;
    this.#selection = selection;
  }

  at(node: LocalNode | BucketNode, candidate: number): Selected {
    const known = this.#known.get(node);
    if (known !== undefined) return known;
    const release = releaseOf(node, candidate);
    if ("kind" in release) throw new Error("a release was selected that can't be read");
    const isMember = node.kind === "local" && node.isMember;
    const id = isMember ? `root:${node.local.file}` : packageIdOf(release);
    const isYanked = node.kind === "bucket" && node.entries[candidate]?.isYanked === true;
    const selected = { node, release, id, isYanked };
    this.#known.set(node, selected);
    return selected;
  }

  target(from: LocalNode | BucketNode, dependency: CrateDependency): Selected | undefined {
    return this.#resolve(targetNode(this.#problem.nodes, from.index, dependency));
  }

  /** The id by which the lock names what a declaration leads to: of the replaced release, where there is one. */
  lockedId(from: LocalNode | BucketNode, dependency: CrateDependency, target: Selected): PackageId {
    return this.#replacedBy(from, dependency, target)?.id ?? target.id;
  }

  /** Every replaced release that a declaration leads to. */
  replaced(used: readonly Used[]): readonly Replaced[] {
    const found = used.flatMap((each) =>
      each.dependencies.flatMap(
        ({ dependency, target }) => this.#replacedBy(each.package.node, dependency, target) ?? [],
      ),
    );
    return [...new Map(found.map((each) => [each.id, each])).values()];
  }

  #replacedBy(from: LocalNode | BucketNode, dependency: CrateDependency, target: Selected): Replaced | undefined {
    let node: ReturnType<typeof targetNode> | undefined = targetNode(this.#problem.nodes, from.index, dependency);
    if (node.kind === "wide") node = node.buckets?.[this.#selection.candidate(node.index) ?? 0];
    if (node?.kind !== "bucket") return undefined;
    const release = this.#problem.replacedRelease(node, this.#selection.candidate(node.index) ?? 0);
    if (release === undefined) return undefined;
    return { node, release, id: packageIdOf(release), isYanked: false, replacedBy: target.id };
  }

  /** Crates that other ecosystems ask for: they are reached from nowhere here. */
  requestedElsewhere(): readonly Selected[] {
    return [...this.#problem.requestedElsewhere].flatMap((node) => this.#resolve(node) ?? []);
  }

  #resolve(node: ReturnType<typeof targetNode>): Selected | undefined {
    const candidate = this.#selection.candidate(node.index);
    if (candidate === undefined) return undefined;
    if (node.kind === "local") return this.at(node, candidate);
    const next = node.kind === "wide" ? node.buckets?.[candidate] : this.#problem.patchTarget(node, candidate);
    if (next !== undefined) return this.#resolve(next);
    return node.kind === "wide" ? undefined : this.at(node, candidate);
  }
}
