import type { PackageIndex } from "../../../solver/provider.ts";
import type { LocalPackage } from "../manifest/manifest-document.ts";
import type { CrateSource } from "../package/crate-source.ts";
import type { Release } from "../package/release.ts";
import type { Compatibility } from "../versions/compatibility.ts";
import type { CargoRequirement } from "../versions/requirement.ts";
import { onlyCompatibility } from "../versions/requirement.ts";
import type { BucketNode, FeatureNode, FeatureRequest, LocalNode, Node, WideNode } from "./nodes.ts";

/** The packages of one problem: each is made once, when something first asks for it. */
export class NodeTable {
  readonly #newPackage: () => PackageIndex;
  readonly #nodes = new Map<PackageIndex, Node>();
  readonly #buckets = new Map<string, BucketNode>();
  readonly #wides = new Map<string, WideNode>();
  readonly #features = new Map<PackageIndex, Map<string, FeatureNode>>();
  readonly #locals = new Map<string, LocalNode>();

  constructor(newPackage: () => PackageIndex) {
    this.#newPackage = newPackage;
  }

  get(index: PackageIndex): Node {
    const node = this.#nodes.get(index);
    if (node === undefined) throw new Error(`package ${index} does not belong to cargo`);
    return node;
  }

  /** The same as {@link get}, for indices that may be nobody's. */
  find(index: PackageIndex): Node | undefined {
    return this.#nodes.get(index);
  }

  /** The local package in a directory, if it was added. */
  local(directory: string): LocalNode | undefined {
    return this.#locals.get(directory);
  }

  get locals(): Iterable<LocalNode> {
    return this.#locals.values();
  }

  addLocal(local: LocalPackage, release: Release, isMember: boolean): LocalNode {
    const node: LocalNode = { kind: "local", index: this.#newPackage(), local, release, isMember, dependencies: [] };
    this.#locals.set(local.directory, node);
    return this.#add(node);
  }

  bucket(crate: string, source: CrateSource, compatibility: Compatibility): BucketNode {
    const key = `${compatibility} ${crate} ${source.id}`;
    const known = this.#buckets.get(key);
    if (known !== undefined) return known;
    const node: BucketNode = {
      kind: "bucket",
      index: this.#newPackage(),
      crate,
      source,
      compatibility,
      entries: [],
      dependencies: [],
    };
    this.#buckets.set(key, node);
    return this.#add(node);
  }

  /** What a requirement of `dependent` means: one bucket where its text says which, else a choice among buckets. */
  required(
    dependent: PackageIndex,
    crate: string,
    source: CrateSource,
    requirement: CargoRequirement,
  ): BucketNode | WideNode {
    const compatibility = onlyCompatibility(requirement);
    if (compatibility !== undefined) return this.bucket(crate, source, compatibility);
    const key = `${dependent} ${crate} ${source.id} ${requirement.text}`;
    const known = this.#wides.get(key);
    if (known !== undefined) return known;
    const index = this.#newPackage();
    const node: WideNode = { kind: "wide", index, dependent, crate, source, requirement, dependencies: [] };
    this.#wides.set(key, node);
    return this.#add(node);
  }

  feature(base: LocalNode | BucketNode | WideNode, request: FeatureRequest): FeatureNode {
    let ofBase = this.#features.get(base.index);
    if (ofBase === undefined) this.#features.set(base.index, (ofBase = new Map<string, FeatureNode>()));
    const key = requestKey(request);
    const known = ofBase.get(key);
    if (known !== undefined) return known;
    const node: FeatureNode = { kind: "feature", index: this.#newPackage(), base, request, dependencies: [] };
    ofBase.set(key, node);
    return this.#add(node);
  }

  #add<T extends Node>(node: T): T {
    this.#nodes.set(node.index, node);
    return node;
  }
}

function requestKey(request: FeatureRequest): string {
  if (request.kind === "default") return "default";
  return request.kind === "feature" ? `feature ${request.name}` : `dep ${request.alias}`;
}
