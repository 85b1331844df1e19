import { Command } from 'commander';
import { runNodes } from './run.ts';

const program = new Command('nodes')
  .description(
    'two Asterisks with a Gatehouse each behind Kamailio, and a Redis Cluster: one Asterisk and one Redis master are killed while callers ring',
  )
  .option('--calls <n>', 'how many calls; five a second', '300')
  .parse();

const say = (line: string): void => void process.stderr.write(`nodes: ${line}\n`);
const { result, complaints } = await runNodes(
  { calls: Number(program.opts<{ calls: string }>().calls), rate: 5 },
  say,
);
for (const complaint of complaints) console.log(`NOT AS WANTED: ${complaint}`);
console.log(JSON.stringify(result));
process.exitCode = complaints.length === 0 ? 0 : 1;
