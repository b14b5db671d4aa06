import { type Command, common, UsageError } from "../command.js";
import { commands } from "../commands.js";

/** `sagaspec completion bash`: a script that makes the shell complete commands, options and files. */
export const command: Command = {
  usage: "bash | zsh | fish",
  words: ["bash", "zsh", "fish"],
  options: {},

  async run(given, terminal) {
    const [shell = "", ...more] = given.positionals;
    const print = Object.hasOwn(shells, shell) ? shells[shell] : undefined;
    if (!print || more.length > 0) throw new UsageError("completion takes one shell: bash, zsh or fish");
    terminal.out(print(await entries()));
    return 0;
  },
};

/** What there is to complete behind a command. */
interface Entry {
  readonly name: string;
  readonly about: string;
  readonly words: readonly string[];
  readonly options: readonly { readonly name: string; readonly about: string; readonly takesValue: boolean }[];
}

function entries(): Promise<readonly Entry[]> {
  const all = Object.entries(commands).map(async ([name, [about, load]]) => {
    const { command } = await load();
    const options = Object.entries({ ...command.options, ...common }).map(([long, option]) => ({
      name: long,
      about: option.about,
      takesValue: option.type === "string",
    }));
    return { name, about, words: command.words ?? [], options };
  });
  return Promise.all(all);
}

const shells: { readonly [shell: string]: (entries: readonly Entry[]) => string } = { bash, zsh, fish };

const flagsOf = ({ options }: Entry): string => options.map(({ name }) => `--${name}`).join(" ");

function bash(entries: readonly Entry[]): string {
  const cases = entries.map((one) => `    ${one.name}) words="${one.words.join(" ")}" flags="${flagsOf(one)}" ;;`);
  return `# Completion of sagaspec for bash. In ~/.bashrc: source <(sagaspec completion bash)
_sagaspec() {
  local word=\${COMP_WORDS[COMP_CWORD]} words="" flags="" IFS=$' \\t\\n'
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W "${entries.map((one) => one.name).join(" ")} --help --version" -- "$word"))
    return
  fi
  case \${COMP_WORDS[1]} in
${cases.join("\n")}
  esac
  if [[ $word == -* ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$word"))
    return
  fi
  ((COMP_CWORD == 2)) || words=""
  compopt -o filenames 2>/dev/null
  local found=$(compgen -W "$words" -- "$word"; compgen -d -- "$word"
    compgen -f -- "$word" | grep -E '\\.(yaml|yml|json)$')
  IFS=$'\\n'
  COMPREPLY=($found)
}
complete -F _sagaspec sagaspec`;
}

function zsh(entries: readonly Entry[]): string {
  const named = entries.map(({ name, about }) => `    ${quoted(`${name}:${about}`)}`);
  const cases = entries.map((one) => `    ${one.name}) first=(${one.words.join(" ")}); flags=(${flagsOf(one)}) ;;`);
  return `#compdef sagaspec
# Completion of sagaspec for zsh. In ~/.zshrc, behind compinit: source <(sagaspec completion zsh)
_sagaspec() {
  local -a names first flags
  names=(
${named.join("\n")}
  )
  if ((CURRENT == 2)); then
    _describe command names
    return
  fi
  case $words[2] in
${cases.join("\n")}
  esac
  if [[ $words[CURRENT] == -* ]]; then
    compadd -- $flags
    return
  fi
  ((CURRENT == 3)) && compadd -- $first
  _files -g '*.(yaml|yml|json)'
}
compdef _sagaspec sagaspec`;
}

function fish(entries: readonly Entry[]): string {
  const lines = entries.flatMap(({ name, about, words, options }) => {
    const behind = `complete -c sagaspec -n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c sagaspec -n __fish_use_subcommand -a ${name} -d ${quoted(about)}`,
      ...(words.length > 0 ? [`${behind} -a '${words.join(" ")}'`] : []),
      ...options.map((one) => `${behind} -l ${one.name}${one.takesValue ? " -r" : ""} -d ${quoted(one.about)}`),
    ];
  });
  return `# Completion of sagaspec for fish. In config.fish: sagaspec completion fish | source
complete -c sagaspec -f
complete -c sagaspec -n 'not __fish_use_subcommand' -a '(__fish_complete_path (commandline -ct) | string match -r ".*(?:/|\\.ya?ml|\\.json)(?=\\s|\\z)")'
${lines.join("\n")}`;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
