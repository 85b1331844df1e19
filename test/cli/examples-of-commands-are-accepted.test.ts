import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { commandTable } from '../../src/cli/command/command-table.ts';
import { gatehouseProgram } from '../../src/cli/gatehouse.ts';

const examples = Object.values(commandTable).flatMap((row) => row.examples.map(([example]) => example));

/** What a shell makes of it: quotes are gone, and so is what goes into a file. */
function wordsOf(example: string): string[] {
  const [command = ''] = example.split(/ [>|] /);
  return [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

/** Reads its arguments and does nothing with them. */
function idle(command: Command): void {
  command.exitOverride().configureOutput({ writeErr: () => undefined });
  if (command.parent !== null) command.action(() => undefined);
  for (const one of command.commands) idle(one);
}

describe('an example in the help of a command can be typed as it stands', () => {
  it.each(examples)('gatehouse %s', async (example) => {
    const words = wordsOf(example);
    const program = await gatehouseProgram(words[0] ?? '');
    idle(program);
    await expect(program.parseAsync(words, { from: 'user' })).resolves.toBeDefined();
  });

  it('and one that lacks what the command needs is refused', async () => {
    const program = await gatehouseProgram('prompts');
    idle(program);
    await expect(program.parseAsync(['prompts'], { from: 'user' })).rejects.toThrow('--out');
  });
});
