import { type CompletedCommand, quoted, type Value } from './completed-words.ts';

export function zshCompletion(commands: readonly CompletedCommand[]): string {
  const values = commands.flatMap(({ path, options }) =>
    options.flatMap(({ names, value }) => {
      const action = actionOf(value);
      return action === null
        ? []
        : `  (${names.map((name) => quoted(`${path} ${name}`)).join('|')}) ${action} ;;`;
    }),
  );
  const words = commands.map((one) => {
    const all = [
      ...one.commands.map(({ name, about }) => described(name, about)),
      ...one.words.map((word) => described(word)),
      ...one.options.flatMap(({ names, about }) => names.map((name) => described(name, about))),
    ];
    return `  (${quoted(one.path)}) candidates=(${all.join(' ')}) ;;`;
  });
  const longer = commands.filter(({ path }) => path !== '').map(({ path }) => quoted(path));
  return `#compdef gatehouse
# Made from the definitions of its commands.
_gatehouse() {
  local command='' word
  local -a candidates
  for word in \${words[2,CURRENT-1]}; do
    case "\${command:+$command }$word" in
    (${longer.join('|')}) command="\${command:+$command }$word" ;;
    esac
  done
  case "$command \${words[CURRENT-1]}" in
${values.join('\n')}
  esac
  case "$command" in
${words.join('\n')}
  esac
  _describe gatehouse candidates || _files
}
if [ "$funcstack[1]" = _gatehouse ]; then _gatehouse "$@"; else compdef _gatehouse gatehouse; fi
`;
}

/** Null: no value follows. */
function actionOf(value: Value): string | null {
  switch (value.kind) {
    case 'none':
      return null;
    case 'word':
      return `compadd -- ${value.words.map(quoted).join(' ')}; return`;
    case 'words':
      return `[[ \${words[CURRENT]} == -* ]] || { compset -P '*,'; compadd -qS, -- ${value.words.map(quoted).join(' ')}; return }`;
    case 'directory':
      return '_files -/; return';
    case 'file':
      return '_files; return';
    case 'text':
      return 'return';
  }
}

/** As `_describe` takes it. */
function described(word: string, about = ''): string {
  const escaped = (text: string) => text.replace(/[\\:]/g, '\\$&');
  return quoted(about === '' ? escaped(word) : `${escaped(word)}:${escaped(about)}`);
}
