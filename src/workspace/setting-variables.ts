/** The variables that stand for settings of enki.toml, by the path of the setting. */
export const SETTING_VARIABLES: ReadonlyMap<string, string> = new Map([
  ["targets.systems", "ENKI_SYSTEM"],
  ["resolution.versions", "ENKI_RESOLUTION"],
  ["resolution.prerelease", "ENKI_PRERELEASE"],
  ["resolution.exclude-newer", "ENKI_EXCLUDE_NEWER"],
  ["resolution.strict-engines", "ENKI_STRICT_ENGINES"],
  ["resolution.max-steps", "ENKI_MAX_STEPS"],
  ["resolution.timeout", "ENKI_TIMEOUT"],
  ["npm.peers", "ENKI_PEERS"],
  ["tools.python", "ENKI_PYTHON"],
  ["tools.node", "ENKI_NODE"],
  ["tools.rustc", "ENKI_RUST"],
  ["tools.ocaml", "ENKI_OCAML"],
]);

/** The variable that says where an ecosystem's packages come from. */
export function registryVariable(ecosystem: string): string {
  return `ENKI_REGISTRY_${ecosystem.toUpperCase()}`;
}
