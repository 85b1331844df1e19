import { expect, it } from 'vitest';
import { auditCommand } from '../../src/cli/audit.ts';
import { backtestCommand } from '../../src/cli/backtest.ts';
import { callsCommand } from '../../src/cli/calls.ts';
import { diffCommand } from '../../src/cli/diff/diff.ts';
import { explainCommand } from '../../src/cli/explain.ts';
import { reloadCommand } from '../../src/cli/reload.ts';
import { topCommand } from '../../src/cli/top.ts';

it.each([
  auditCommand(),
  backtestCommand(),
  callsCommand(),
  diffCommand(),
  explainCommand(),
  reloadCommand(),
  topCommand(),
])('no option of the help shows an object, an empty text or a default said twice', (command) => {
  const help = command.helpInformation().replace(/\s+/g, ' ');
  const options = help.split(/(?= --[a-z])/);
  expect(options.length).toBeGreaterThan(2);
  expect(options.filter((one) => /\{"|""|\(default.*\(default/.test(one))).toEqual([]);
});
