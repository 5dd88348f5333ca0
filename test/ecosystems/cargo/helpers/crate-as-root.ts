/** One line of an index, as far as making a manifest from it needs. */
export interface IndexLine {
  readonly name: string;
  readonly vers: string;
  readonly yanked: boolean;
  readonly links?: string | null;
  readonly rust_version?: string;
  readonly features: Readonly<Record<string, readonly string[]>>;
  readonly features2?: Readonly<Record<string, readonly string[]>>;
  readonly deps: readonly {
    readonly name: string;
    readonly package?: string | null;
    readonly req: string;
    readonly kind: "normal" | "build" | "dev" | null;
    readonly target: string | null;
    readonly optional: boolean;
    readonly default_features: boolean;
    readonly features: readonly string[];
  }[];
}

/** The Cargo.toml of a project that *is* a published crate: its dependencies, features and links become a root's. */
export function manifestOf(line: IndexLine, rustVersion?: string): string {
  const lines = ["[package]", `name = ${text(line.name)}`, 'version = "0.0.0"', 'edition = "2021"'];
  if (rustVersion !== undefined) lines.push(`rust-version = ${text(rustVersion)}`, 'resolver = "3"');
  if (line.links !== undefined && line.links !== null) lines.push(`links = ${text(line.links)}`);
  const tables = new Map<string, string[]>();
  for (const dependency of line.deps) {
    const kind = dependency.kind ?? "normal";
    // An optional dev-dependency cannot be written in a manifest.
    if (kind === "dev" && dependency.optional) continue;
    const table = kind === "normal" ? "dependencies" : `${kind}-dependencies`;
    const header = dependency.target === null ? table : `target.${text(dependency.target)}.${table}`;
    const fields = [`version = ${text(dependency.req)}`];
    if (typeof dependency.package === "string") fields.push(`package = ${text(dependency.package)}`);
    if (dependency.optional) fields.push("optional = true");
    if (!dependency.default_features) fields.push("default-features = false");
    const features = dependency.features.filter((feature) => feature !== "");
    if (features.length > 0) fields.push(`features = [${features.map(text).join(", ")}]`);
    const entry = `${text(dependency.name)} = { ${fields.join(", ")} }`;
    const known = tables.get(header);
    if (known === undefined) tables.set(header, [entry]);
    // A table holds a name once; a second declaration under the same name cannot be written.
    else if (!known.some((other) => other.startsWith(`${text(dependency.name)} =`))) known.push(entry);
  }
  for (const [header, entries] of tables) lines.push("", `[${header}]`, ...entries);
  lines.push("", "[features]");
  for (const [name, values] of Object.entries({ ...line.features, ...line.features2 })) {
    lines.push(`${text(name)} = [${values.map(text).join(", ")}]`);
  }
  return `${lines.join("\n")}\n`;
}

function text(value: string): string {
  return JSON.stringify(value);
}
