import type { Command, Option } from 'commander';
import { JsonOption } from '../command/json-option.ts';

/** What an option takes: nothing, one of these words, several of them with commas, a directory, a file, or something else. */
export type Value =
  | { readonly kind: 'none' | 'directory' | 'file' | 'text' }
  | { readonly kind: 'word' | 'words'; readonly words: readonly string[] };

export interface CompletedOption {
  /** `-f` and `--follow`. */
  readonly names: readonly string[];
  readonly about: string;
  readonly value: Value;
}

/** What can be written after the words of one command. */
export interface CompletedCommand {
  /** The words that lead to it, `lists find`; empty: the program. */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly about: string }[];
  /** Of its arguments. */
  readonly words: readonly string[];
  readonly options: readonly CompletedOption[];
}

/** The program and every command below it, as they are defined. */
export function completedCommands(program: Command): CompletedCommand[] {
  return below(program).map((command) => ({
    path: pathOf(command, program),
    commands: command.commands.map((one) => ({ name: one.name(), about: one.description() })),
    words: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
    options: [
      ...command.options.filter(({ hidden }) => !hidden).map(completedOption),
      { names: ['--help'], about: 'show its options and examples', value: { kind: 'none' } },
    ],
  }));
}

/** For single quotes of a shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function below(command: Command): Command[] {
  return [command, ...command.commands.flatMap(below)];
}

function pathOf(command: Command, program: Command): string {
  if (command === program || command.parent === null) return '';
  return `${pathOf(command.parent, program)} ${command.name()}`.trimStart();
}

function completedOption(option: Option): CompletedOption {
  const names = [option.short, option.long].filter((name) => name !== undefined);
  return { names, about: option.description, value: valueFor(option) };
}

function valueFor(option: Option): Value {
  if (option instanceof JsonOption) return { kind: 'words', words: option.fields };
  if (option.argChoices) return { kind: 'word', words: option.argChoices };
  // What may be left out is not waited for.
  if (!option.required) return { kind: 'none' };
  if (option.flags.includes('<dir>')) return { kind: 'directory' };
  return { kind: option.flags.includes('<file>') ? 'file' : 'text' };
}
