import { parseFeatureValue } from "./features.ts";
import type { CrateDependencyKind, FeatureValue } from "./release.ts";

/** What activation must know about one declaration. */
export interface ActivatableDependency {
  readonly alias: string;
  readonly kind: CrateDependencyKind;
  readonly isOptional: boolean;
  readonly usesDefaultFeatures: boolean;
  readonly features: readonly string[];
}

/** What activation must know about one package. */
export interface ActivatablePackage<D extends ActivatableDependency> {
  /** Members bring dev-dependencies and all features. */
  readonly isMember: boolean;
  readonly features: ReadonlyMap<string, readonly (FeatureValue | string)[]>;
  readonly dependencies: readonly D[];
}

/** One package with what is switched on in it. */
export interface Activated<P, D> {
  readonly package: P;
  readonly features: ReadonlySet<string>;
  /** The declarations that are followed, in the order of declaration, and what each leads to. */
  readonly dependencies: readonly { readonly dependency: D; readonly target: P }[];
}

/** Where activation starts, and the features that are wanted there. */
export interface ActivationRoot<P> {
  readonly package: P;
  readonly features: readonly string[];
}

/** How activation finds its way. */
export interface ActivationGraph<P, D extends ActivatableDependency> {
  look(package_: P): ActivatablePackage<D>;
  /** What a declaration was resolved to; `undefined` means the answer is incomplete. */
  targetOf(package_: P, dependency: D): P | undefined;
  /** Whether `alias?/feature` switches on the dependency itself, as locks of today have it. */
  readonly activatesWeak: boolean;
}

interface State<P, D> {
  readonly package: P;
  readonly look: ActivatablePackage<D & ActivatableDependency>;
  readonly features: Set<string>;
  readonly aliases: Set<string>;
  /** Features that entries like `alias/feature` ask of each dependency. */
  readonly requested: Map<string, Set<string>>;
  readonly followed: Map<D, P>;
}

/**
 * Finds everything that is reachable from `roots`, with its features: exactly what a lock must hold. A declaration that
 * leads nowhere is a defect of the answer and throws.
 */
export function activate<P, D extends ActivatableDependency>(
  roots: readonly ActivationRoot<P>[],
  graph: ActivationGraph<P, D>,
): readonly Activated<P, D>[] {
  return new Activation(graph).run(roots);
}

class Activation<P, D extends ActivatableDependency> {
  readonly #graph: ActivationGraph<P, D>;
  readonly #states = new Map<P, State<P, D>>();
  readonly #pending: (() => void)[] = [];

  constructor(graph: ActivationGraph<P, D>) {
    this.#graph = graph;
  }

  run(roots: readonly ActivationRoot<P>[]): readonly Activated<P, D>[] {
    for (const root of roots) {
      const state = this.#reach(root.package);
      for (const feature of root.features) this.#enable(state, feature);
    }
    for (let work = this.#pending.pop(); work !== undefined; work = this.#pending.pop()) work();
    return [...this.#states.values()].map((state) => ({
      package: state.package,
      features: state.features,
      dependencies: state.look.dependencies.flatMap((dependency) => {
        const target = state.followed.get(dependency);
        return target === undefined ? [] : [{ dependency, target }];
      }),
    }));
  }

  #reach(package_: P): State<P, D> {
    const known = this.#states.get(package_);
    if (known !== undefined) return known;
    const look = this.#graph.look(package_);
    const state: State<P, D> = {
      package: package_,
      look,
      features: new Set(),
      aliases: new Set(),
      requested: new Map(),
      followed: new Map(),
    };
    this.#states.set(package_, state);
    this.#pending.push(() => {
      for (const dependency of look.dependencies) if (!dependency.isOptional) this.#follow(state, dependency);
      if (look.isMember) for (const feature of look.features.keys()) this.#enable(state, feature);
    });
    return state;
  }

  #follow(state: State<P, D>, dependency: D): void {
    if ((dependency.kind === "dev" && !state.look.isMember) || state.followed.has(dependency)) return;
    const target = this.#graph.targetOf(state.package, dependency);
    if (target === undefined) throw new Error(`the dependency \`${dependency.alias}\` was resolved to nothing`);
    state.followed.set(dependency, target);
    const reached = this.#reach(target);
    this.#pending.push(() => {
      for (const feature of dependency.features) this.#enable(reached, feature);
      if (dependency.usesDefaultFeatures && reached.look.features.has("default")) this.#enable(reached, "default");
      for (const feature of state.requested.get(dependency.alias) ?? []) this.#enable(reached, feature);
    });
  }

  #enable(state: State<P, D>, feature: string): void {
    const values = state.look.features.get(feature);
    if (values === undefined || state.features.has(feature)) return;
    state.features.add(feature);
    for (const written of values) {
      const value = typeof written === "string" ? parseFeatureValue(written) : written;
      if (value.kind === "feature") this.#pending.push(() => this.#enable(state, value.feature));
      else if (value.kind === "dependency") this.#pending.push(() => this.#enableDependency(state, value.alias));
      else this.#pending.push(() => this.#request(state, value, feature));
    }
  }

  #enableDependency(state: State<P, D>, alias: string): void {
    if (state.aliases.has(alias)) return;
    state.aliases.add(alias);
    for (const dependency of state.look.dependencies) {
      if (dependency.isOptional && dependency.alias === alias) this.#follow(state, dependency);
    }
  }

  #request(state: State<P, D>, value: Extract<FeatureValue, { kind: "dependency-feature" }>, by: string): void {
    const { alias, feature, isWeak } = value;
    const isOptional = state.look.dependencies.some(
      (dependency) => dependency.isOptional && dependency.alias === alias,
    );
    if (isOptional && (!isWeak || this.#graph.activatesWeak)) this.#enableDependency(state, alias);
    if (isOptional && !isWeak && alias !== by) this.#enable(state, alias);
    let requested = state.requested.get(alias);
    if (requested === undefined) state.requested.set(alias, (requested = new Set()));
    if (requested.has(feature)) return;
    requested.add(feature);
    for (const [dependency, target] of state.followed) {
      if (dependency.alias === alias) this.#enable(this.#reach(target), feature);
    }
  }
}
