#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { Command } from 'commander';
import { trustAuthorities } from '../process/trusted-authorities.ts';
import { version } from '../process/version.ts';
import { screenOf, tell, wrapped } from '../terminal/screen.ts';
import { type CommandRow, commandTable } from './command/command-table.ts';
import { JsonOption } from './command/json-option.ts';

/** The command line with the command `chosen`; with all of them when there is none of that name, or it completes them. */
export async function gatehouseProgram(chosen: string): Promise<Command> {
  const program = bareProgram();
  const isOne = Object.hasOwn(commandTable, chosen) && chosen !== 'completion';
  for (const [name, row] of Object.entries(commandTable))
    if (name === chosen || !isOne) program.addCommand(withExamples(await row.load(), row));
  return program;
}

/** The names of all commands and what they do; none of them is loaded. */
function overview(): Command {
  const program = bareProgram();
  for (const [name, { group, about }] of Object.entries(commandTable))
    program.addCommand(new Command(name).description(about).helpGroup(`${group}:`));
  return program.addHelpText('after', '\nRun gatehouse COMMAND --help for its options and examples.');
}

function bareProgram(): Command {
  return new Command('gatehouse')
    .description('call screening for a corporate switchboard')
    .version(version, '--version', 'show the version');
}

function withExamples(command: Command, { examples }: CommandRow): Command {
  for (const one of [command, ...command.commands])
    one
      .addHelpText('after', () => fieldsText(one))
      .configureOutput({ outputError: (text, write) => write(wrapped(text, screenOf(process.stderr))) });
  const lines = examples.map(([example, what]) => `  gatehouse ${example}\n      ${what}`);
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}

/** What `--json` takes. */
function fieldsText({ options }: Command): string {
  const fields = options.flatMap((option) => (option instanceof JsonOption ? option.fields : []));
  const { width } = screenOf();
  return fields.length === 0
    ? ''
    : `\nJSON fields:\n${wrapped(`  ${fields.join(', ')}`, { width: Math.min(width, 80) })}`;
}

/**
 * Compiled code is kept from one command to the next, which halves their start. Never for root, who would run what another user put
 * there.
 */
function keepCompiledCode(): void {
  const data = process.env.GATEHOUSE_DATA;
  if (data && process.getuid?.() !== 0) enableCompileCache(join(data, 'compile-cache'));
}

if (import.meta.main) {
  keepCompiledCode();
  const chosen = process.argv[2] ?? '';
  const isOverview = ['', '--help', '-h', 'help'].includes(chosen) && process.argv.length <= 3;
  const program = isOverview ? overview() : await gatehouseProgram(chosen);
  // It takes the zone from the rules.
  if (!isOverview && chosen !== 'serve') await (await import('./command/run.ts')).useLocalZone();
  program.hook('preAction', (_, command) => {
    // It tells in its log and health.
    if (command.name() === 'serve') return;
    const problem = trustAuthorities();
    if (problem !== null) tell(`GATEHOUSE_CA_FILE: ${problem}`);
  });
  try {
    await program.parseAsync();
  } catch (error) {
    tell(`error: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
