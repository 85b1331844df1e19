import type { CompletedCommand, CompletedOption, Value } from './completed-words.ts';

export function fishCompletion(commands: readonly CompletedCommand[]): string {
  const longer = commands.filter(({ path }) => path !== '').map(({ path }) => fish(path));
  const lines = commands.flatMap((one) => {
    const begin = `complete -c gatehouse -n ${fish(`__gatehouse_at "${one.path}"`)}`;
    return [
      ...one.commands.map(({ name, about }) => `${begin} -f -a ${fish(name)} -d ${fish(about)}`),
      ...one.words.map((word) => `${begin} -f -a ${fish(word)}`),
      ...one.options.map((option) => `${begin}${optionText(option)}`),
    ];
  });
  return `# Fish completion for gatehouse, made from the definitions of its commands.
function __gatehouse_at
    set -l command ''
    for word in (commandline -opc)[2..-1]
        set -l longer (string trim -- "$command $word")
        if contains -- "$longer" ${longer.join(' ')}
            set command $longer
        end
    end
    test "$command" = "$argv[1]"
end
${lines.join('\n')}
`;
}

function optionText({ names, about, value }: CompletedOption): string {
  const flags = names.map((name) =>
    name.startsWith('--') ? ` -l ${name.slice(2)}` : ` -s ${name.slice(1)}`,
  );
  return `${flags.join('')}${valueText(value)} -d ${fish(about)}`;
}

function valueText(value: Value): string {
  switch (value.kind) {
    // The fields may be left out, which fish cannot say.
    case 'none':
    case 'words':
      return ' -f';
    case 'word':
      return ` -x -a ${fish(value.words.join(' '))}`;
    case 'directory':
      return " -x -a '(__fish_complete_directories)'";
    case 'file':
      return ' -r -F';
    case 'text':
      return ' -x';
  }
}

/** Fish ends a quote at a backslash and a quote only. */
function fish(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
