import type { CrateDependency, FeatureTable, FeatureValue } from "./release.ts";

/** Reads one entry of a feature's list: `f`, `dep:x`, `x/f` or `x?/f`. */
export function parseFeatureValue(text: string): FeatureValue {
  const slash = text.indexOf("/");
  if (slash !== -1) {
    const left = text.slice(0, slash);
    const isWeak = left.endsWith("?");
    return {
      kind: "dependency-feature",
      alias: isWeak ? left.slice(0, -1) : left,
      feature: text.slice(slash + 1),
      isWeak,
    };
  }
  if (text.startsWith("dep:")) return { kind: "dependency", alias: text.slice(4) };
  return { kind: "feature", feature: text };
}

/** A feature's entry as Cargo.toml writes it. */
export function formatFeatureValue(value: FeatureValue): string {
  if (value.kind === "feature") return value.feature;
  if (value.kind === "dependency") return `dep:${value.alias}`;
  return `${value.alias}${value.isWeak ? "?" : ""}/${value.feature}`;
}

/**
 * Builds the features of a release: adds the implicit feature of every optional dependency that no entry mentions as
 * `dep:x`, and checks every entry. A string is the problem for which cargo refuses the release.
 */
export function buildFeatureTable(
  declared: ReadonlyMap<string, readonly string[]>,
  dependencies: readonly CrateDependency[],
): FeatureTable | string {
  const aliases = new Map<string, { isOptional: boolean }>();
  for (const dependency of dependencies) {
    if (dependency.isOptional && dependency.kind === "dev") {
      return `the dev-dependency \`${dependency.alias}\` is optional`;
    }
    const known = aliases.get(dependency.alias);
    if (known === undefined) aliases.set(dependency.alias, { isOptional: dependency.isOptional });
    else known.isOptional ||= dependency.isOptional;
  }

  const table = new Map<string, readonly FeatureValue[]>();
  const named = new Set<string>();
  for (const [feature, values] of declared) {
    const parsed = values.map(parseFeatureValue);
    for (const value of parsed) if (value.kind === "dependency") named.add(value.alias);
    table.set(feature, parsed);
  }
  for (const [alias, { isOptional }] of aliases) {
    if (!isOptional || named.has(alias) || table.has(alias)) continue;
    table.set(alias, [{ kind: "dependency", alias }]);
    named.add(alias);
  }

  const used = new Set<string>();
  for (const [feature, values] of table) {
    for (const value of values) {
      const problem = problemOf(value, table, aliases);
      if (problem !== undefined) return `feature \`${feature}\` includes \`${formatFeatureValue(value)}\`, ${problem}`;
      if (value.kind === "dependency") used.add(value.alias);
      if (value.kind === "dependency-feature") used.add(value.alias);
    }
  }
  for (const [alias, { isOptional }] of aliases) {
    if (isOptional && !used.has(alias)) return `the optional dependency \`${alias}\` is not part of any feature`;
  }
  return table;
}

function problemOf(
  value: FeatureValue,
  table: FeatureTable,
  aliases: ReadonlyMap<string, { readonly isOptional: boolean }>,
): string | undefined {
  if (value.kind === "feature") {
    if (table.has(value.feature)) return undefined;
    const dependency = aliases.get(value.feature);
    if (dependency === undefined) return "which is neither a dependency nor another feature";
    return dependency.isOptional
      ? "an optional dependency without a feature of its own, because another entry says `dep:`"
      : "a dependency that is not optional";
  }
  const dependency = aliases.get(value.alias);
  if (dependency === undefined) return `but \`${value.alias}\` is not a dependency`;
  if (value.kind === "dependency") {
    return dependency.isOptional ? undefined : `but \`${value.alias}\` is not an optional dependency`;
  }
  if (value.feature.includes("/")) return "which has more than one slash";
  if (value.isWeak && !dependency.isOptional) return `but \`${value.alias}\` is not an optional dependency`;
  return undefined;
}
