import type { Command } from "commander";

interface CompletedCommand {
  readonly names: readonly string[];
  readonly summary: string;
  readonly flags: readonly { readonly long: string; readonly description: string; readonly takesValue: boolean }[];
  readonly words: readonly string[];
}

/** The completion script of a program for `bash`, `zsh` or `fish`. */
export function completionScript(program: Command, shell: string): string {
  const commands = program.commands.map(completed);
  const everywhere = completed(program);
  if (shell === "bash") return bashScript(commands, everywhere);
  return shell === "zsh" ? zshScript(commands, everywhere) : fishScript(commands, everywhere);
}

function completed(command: Command): CompletedCommand {
  return {
    names: [command.name(), ...command.aliases()],
    summary: command.summary(),
    flags: command.options.flatMap(({ long, description, required }) =>
      long === undefined || long === null ? [] : [{ long, description, takesValue: required }],
    ),
    words: [
      ...command.commands.map((subcommand) => subcommand.name()),
      ...command.registeredArguments.flatMap((argument) => argument.argChoices ?? []),
    ],
  };
}

function bashScript(commands: readonly CompletedCommand[], everywhere: CompletedCommand): string {
  const common = everywhere.flags.map(({ long }) => long);
  const cases = commands.map(({ names, flags, words }) => {
    const all = [...flags.map(({ long }) => long), ...words, ...common, "--help"];
    return `    ${names.join("|")}) words="${all.join(" ")}" ;;`;
  });
  return `# bash completion for enki
_enki() {
  local current="\${COMP_WORDS[COMP_CWORD]}" command="" word words
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) command="$word"; break ;; esac
  done
  case "$command" in
${cases.join("\n")}
    *) words="${[...commands.flatMap(({ names }) => names), ...common, "--help", "--version"].join(" ")}" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _enki enki
`;
}

/** An entry of zsh's `_describe`. */
function described(name: string, text: string): string {
  return `'${`${name}:${text.replaceAll(":", "\\:")}`.replaceAll("'", "'\\''")}'`;
}

function zshScript(commands: readonly CompletedCommand[], everywhere: CompletedCommand): string {
  const list = commands.flatMap(({ names, summary }) => names.map((name) => `    ${described(name, summary)}`));
  const cases = commands.map(({ names, flags, words }) => {
    const own = [...flags, ...everywhere.flags].map(({ long, description }) => described(long, description));
    const plain = words.map((word) => described(word, word));
    return `    ${names.join("|")}) entries=(${[...plain, ...own].join(" ")}) ;;`;
  });
  return `#compdef enki
_enki() {
  local -a commands entries
  commands=(
${list.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  case "$words[2]" in
${cases.join("\n")}
  esac
  _describe argument entries
  _files
}
_enki "$@"
`;
}

function fishQuoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

function fishScript(commands: readonly CompletedCommand[], everywhere: CompletedCommand): string {
  const lines = ["# fish completion for enki"];
  const flagLine = (condition: string, flag: CompletedCommand["flags"][number]): string =>
    `complete -c enki${condition} -l ${flag.long.slice(2)}${flag.takesValue ? " -r" : ""} -d ${fishQuoted(flag.description)}`;
  for (const flag of everywhere.flags) lines.push(flagLine("", flag));
  for (const { names, summary, flags, words } of commands) {
    const [name = ""] = names;
    for (const one of names)
      lines.push(`complete -c enki -n __fish_use_subcommand -f -a ${one} -d ${fishQuoted(summary)}`);
    const condition = ` -n ${fishQuoted(`__fish_seen_subcommand_from ${names.join(" ")}`)}`;
    if (words.length > 0) lines.push(`complete -c enki${condition} -f -a ${fishQuoted(words.join(" "))}`);
    if (name !== "") for (const flag of flags) lines.push(flagLine(condition, flag));
  }
  return `${lines.join("\n")}\n`;
}
