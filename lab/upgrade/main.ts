import { resolve } from 'node:path';
import { Command } from 'commander';
import { gatehouseEntry } from '../gatehouse.ts';
import { rollingUpgrade, TwoNodes } from './rolling-upgrade.ts';

const program = new Command('upgrade')
  .description(
    'two Asterisks, two Gatehouses and one Redis: one node after the other gets another version while callers ring',
  )
  .requiredOption('--from <dir>', 'checkout of the version before, with its packages installed')
  .option('--to <dir>', 'checkout of the version after; this one when left out')
  .option('--calls <n>', 'calls of each kind and node', '60');

program.parse();
const { from, to, calls } = program.opts<{ from: string; to?: string; calls: string }>();
const entryOf = (dir: string) => resolve(dir, 'src/cli/gatehouse.ts');

const site = await TwoNodes.up(from);
try {
  const progress = (line: string) => void process.stderr.write(`upgrade: ${line}\n`);
  const after = to === undefined ? gatehouseEntry : entryOf(to);
  const result = await rollingUpgrade(site, {
    ...{ before: entryOf(from), after, rate: 4, calls: Number(calls), progress },
  });
  const lost = [...result.calls].filter(([, { exit }]) => exit === null);
  process.stdout.write(
    `${JSON.stringify({ calls: result.calls.size, lost, nodes: result.nodes }, null, 2)}\n`,
  );
  if (lost.length > 0) process.exitCode = 1;
} finally {
  await site.down();
}
