import { type CompletedCommand, quoted, type Value } from './completed-words.ts';

export function bashCompletion(commands: readonly CompletedCommand[]): string {
  const taken = commands.flatMap(({ path, options }) =>
    options.flatMap(({ names, value }) => {
      const action = actionOf(value);
      return action === null ? [] : names.map((name) => ({ action, pattern: quoted(`${path} ${name}`) }));
    }),
  );
  const values = [...Map.groupBy(taken, ({ action }) => action)].map(
    ([action, those]) => `  ${those.map(({ pattern }) => pattern).join(' | ')}) ${action} ;;`,
  );
  const words = commands.map((one) => {
    const names = [...one.commands.map(({ name }) => name), ...one.words];
    const options = one.options.map(({ names: all }) => all.at(-1));
    return `  ${quoted(one.path)}) words=${quoted([...names, ...options].join(' '))} ;;`;
  });
  const longer = commands.filter(({ path }) => path !== '').map(({ path }) => quoted(path));
  return `# Bash completion for gatehouse, made from the definitions of its commands.
_gatehouse() {
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
complete -o default -F _gatehouse gatehouse
`;
}

/** For the value of an option; null: it has none. An empty answer leaves it to bash, which offers files. */
function actionOf(value: Value): string | null {
  const complete = (what: string) => `mapfile -t COMPREPLY < <(compgen ${what}); return`;
  switch (value.kind) {
    case 'none':
      return null;
    case 'word':
      return complete(`-W ${quoted(value.words.join(' '))} -- "$current"`);
    case 'words': {
      // After the last comma; what may be left out is not all that can follow.
      const fields = complete(
        `-P "\${current%"\${current##*,}"}" -W ${quoted(value.words.join(' '))} -- "\${current##*,}"`,
      );
      return `[[ $current == -* ]] || { ${fields}; }`;
    }
    case 'directory':
      return complete('-d -- "$current"');
    default:
      return 'return';
  }
}
