import type { Argument, Command, Option } from 'commander';

export interface ManualOptions {
  readonly version: string;
  /** Epoch seconds. */
  readonly at: number;
}

const files: readonly (readonly [string, string])[] = [
  ['/etc/gatehouse/gatehouse.env', 'settings'],
  ['/etc/gatehouse/ari-password', 'password of the ARI user; the service starts once it is there'],
  ['/etc/gatehouse/rules/', 'rules, lists, calendars and the words of the prompts'],
  ['/var/lib/gatehouse/', 'data of this machine'],
  ['/var/spool/asterisk/gatehouse/', 'notes that the dialplan leaves'],
  ['/usr/lib/gatehouse/dialplan/', 'what Asterisk includes'],
  ['/usr/share/doc/gatehouse/', 'install.md, commands.md, settings.md, rules.md'],
];

/** The man page of `program` in roff, made from the definitions of its commands. */
export function manualPage(program: Command, { version, at }: ManualOptions): string {
  const name = program.name();
  const date = new Date(at * 1000).toISOString().slice(0, 10);
  return `${[
    `.TH ${name.toUpperCase()} 1 "${date}" "${escaped(`${name} ${version}`)}" "User Commands"`,
    '.SH NAME',
    `${escaped(name)} \\- ${escaped(program.description())}`,
    '.SH SYNOPSIS',
    `.B ${escaped(name)}\n.I command\n[options]`,
    '.SH DESCRIPTION',
    escaped('Exit codes, and what the commands print, are in /usr/share/doc/gatehouse/commands.md.'),
    '.SH COMMANDS',
    ...program.commands.flatMap((command) => commandText(command, [])),
    '.SH FILES',
    ...files.flatMap(([path, what]) => ['.TP', `.I ${escaped(path)}`, escaped(what)]),
    '.SH SEE ALSO',
    '.BR asterisk (8),\n.BR systemctl (1)',
  ].join('\n')}\n`;
}

function commandText(command: Command, above: readonly string[]): string[] {
  const path = [...above, command.name()];
  const usage = [...path, ...command.registeredArguments.map(argumentText)].join(' ');
  return [
    `.SS ${escaped(usage)}`,
    sentence(command.description()),
    ...command.registeredArguments
      .filter(({ description }) => description !== '')
      .flatMap((one) => ['.TP', `.I ${escaped(argumentText(one))}`, escaped(one.description)]),
    ...command.options.filter(({ hidden }) => !hidden).flatMap(optionText),
    ...command.commands.flatMap((one) => commandText(one, path)),
  ];
}

function argumentText(argument: Argument): string {
  const name = argument.name() + (argument.variadic ? '...' : '');
  return argument.required ? `<${name}>` : `[${name}]`;
}

function optionText(option: Option): string[] {
  const isPlain = typeof option.defaultValue === 'string' || typeof option.defaultValue === 'number';
  const given = option.defaultValueDescription ?? (isPlain ? JSON.stringify(option.defaultValue) : null);
  const choices = option.argChoices ? ` (choices: ${option.argChoices.join(', ')})` : '';
  const fallback = given === null ? '' : ` (default: ${given})`;
  return ['.TP', `.B ${escaped(option.flags)}`, escaped(`${option.description}${choices}${fallback}`)];
}

function sentence(text: string): string {
  return escaped(`${text.charAt(0).toUpperCase()}${text.slice(1)}.`);
}

/** Roff takes a dot or quote at the beginning of a line for a request, and breaks no line at a hyphen that is to be typed. */
function escaped(text: string): string {
  const plain = text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('…', '...')
    .replace(/[\u2013\u2014]/g, '\\-');
  return /^[.']/.test(plain) ? `\\&${plain}` : plain;
}
