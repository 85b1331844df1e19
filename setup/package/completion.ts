import type { Command, Option } from 'commander';

/** Bash completion for `program`: its commands, their subcommands and options, and files where a value is one. */
export function bashCompletion(program: Command): string {
  const name = program.name();
  const commands = commandsBelow(program).map((command) => ({ command, path: pathOf(command, program) }));
  const flags = commands.flatMap(({ command, path }) =>
    shown(command).flatMap((option) => {
      const action = completionOf(option);
      const names = [option.short, option.long].filter((flag) => flag !== undefined);
      return action === null ? [] : names.map((flag) => ({ action, pattern: quoted(`${path} ${flag}`) }));
    }),
  );
  const values = [...Map.groupBy(flags, ({ action }) => action)].map(
    ([action, those]) => `  ${those.map(({ pattern }) => pattern).join(' | ')}) ${action} ;;`,
  );
  const words = commands.map(
    ({ command, path }) => `  ${quoted(path)}) words=${quoted(candidates(command).join(' '))} ;;`,
  );
  const longer = commands.filter(({ path }) => path !== '').map(({ path }) => quoted(path));
  return `# Bash completion for ${name}, made from the definitions of its commands.
_${name}() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} command='' words='' word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${command:+$command }$word" in
    ${longer.join(' | ')}) command="\${command:+$command }$word" ;;
    esac
  done
  case "$command $previous" in
${values.join('\n')}
  esac
  case "$command" in
${words.join('\n')}
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -o default -F _${name} ${name}
`;
}

function commandsBelow(command: Command): Command[] {
  return [command, ...command.commands.flatMap(commandsBelow)];
}

/** The words that lead to `command`: `lists find`. */
function pathOf(command: Command, program: Command): string {
  if (command === program || command.parent === null) return '';
  return `${pathOf(command.parent, program)} ${command.name()}`.trimStart();
}

const shown = (command: Command) => command.options.filter(({ hidden }) => !hidden);

function candidates(command: Command): string[] {
  return [
    ...command.commands.map((one) => one.name()),
    ...command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
    ...shown(command).map(({ long, flags }) => long ?? flags),
    '--help',
  ];
}

/** What bash does for the value of an option; null: it has none. An empty answer leaves it to bash, which offers files. */
function completionOf(option: Option): string | null {
  if (!option.required && !option.optional) return null;
  const complete = (what: string) => `mapfile -t COMPREPLY < <(compgen ${what} -- "$current"); return`;
  if (option.argChoices) return complete(`-W ${quoted(option.argChoices.join(' '))}`);
  if (/<dir>/.test(option.flags)) return complete('-d');
  return option.optional ? null : 'return';
}

/** Nothing in it is special to the shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
