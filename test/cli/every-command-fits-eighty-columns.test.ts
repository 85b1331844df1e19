import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandTable } from '../../src/cli/command/command-table.ts';
import { gatehouseProgram } from '../../src/cli/gatehouse.ts';
import { wrapped } from '../../src/terminal/screen.ts';
import { runCli } from './run-cli.ts';

const names = Object.keys(commandTable);
let data: string;
beforeAll(() => {
  data = mkdtempSync(join(tmpdir(), 'gatehouse-80-'));
  const seen = { event: 'look', who: 'Ann of the switchboard', role: 'analyst', address: '192.0.2.10' };
  const entry = {
    time: '2026-03-02T15:00:00.000Z',
    ...seen,
    route: 'GET /calls/*',
    calls: ['pbx1/1.2'],
    count: 1,
  };
  writeFileSync(join(data, 'audit.jsonl'), `${JSON.stringify(entry)}\n`);
});
afterAll(() => rmSync(data, { recursive: true, force: true }));

const tooWide = (text: string) => text.split('\n').filter((line) => Array.from(line).length > 80);

it('the help of each command has no line over 80 columns, and examples', async () => {
  const program = await gatehouseProgram('');
  expect(program.commands.map((command) => command.name())).toEqual(names);
  for (const command of program.commands) {
    let help = '';
    command.configureOutput({ writeOut: (text) => (help += text), getOutHelpWidth: () => 80 });
    command.outputHelp();
    expect.soft(tooWide(help), command.name()).toEqual([]);
    expect(help).toContain('\nExamples:\n  gatehouse ');
    for (const sub of command.commands) {
      sub.configureOutput({ writeOut: () => undefined, getOutHelpWidth: () => 80 });
      expect.soft(tooWide(sub.helpInformation()), sub.name()).toEqual([]);
    }
  }
});

it('the options of the examples are those of the commands', async () => {
  const program = await gatehouseProgram('');
  for (const [name, { examples }] of Object.entries(commandTable)) {
    const command = program.commands.find((one) => one.name() === name);
    for (const [example] of examples) {
      const [first, second] = example.split(' ');
      expect(first).toBe(name);
      const used = command?.commands.find((one) => one.name() === second) ?? command;
      const known = used?.options.map(({ long }) => long) ?? [];
      for (const option of example.match(/ --[a-z-]+/g) ?? [])
        expect.soft(known, example).toContain(option.trim());
    }
  }
});

describe.each([
  ['--help'],
  ['check'],
  ['test'],
  ['lists'],
  ['lists', 'find', '317 555 0140'],
  ['explain', '--from', '317 555 0140', '--to', '317 555 0100'],
  ['status'],
  ['audit'],
  ['token', 'list'],
  ['calls', '--redis', 'redis://127.0.0.1:1'],
  ['report', '--since', 'yesterdya'],
])('gatehouse %s', (...args) => {
  it('at 80 columns no line wraps', async () => {
    const env = { COLUMNS: '80', GATEHOUSE_DATA: data, GATEHOUSE_RULES: 'rules', GATEHOUSE_SPOOL: data };
    const { stdout, stderr } = await runCli(args, { env });
    expect(`${stdout}${stderr}`).not.toBe('');
    expect(tooWide(stdout)).toEqual([]);
    expect(tooWide(stderr)).toEqual([]);
  });
});

it('long lines go on further to the right; a word that is longer than the screen stays whole', () => {
  const path = `/${'x'.repeat(90)}`;
  expect(wrapped(`  - one two three\n${path} here`, { width: 10 })).toBe(
    `  - one\n    two\n    three\n${path}\n  here`,
  );
  expect(wrapped('as it is', { width: 8 })).toBe('as it is');
});
