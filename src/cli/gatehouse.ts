#!/usr/bin/env node
import { Command } from 'commander';
import { trustAuthorities } from '../process/trusted-authorities.ts';
import { version } from '../process/version.ts';
import { auditCommand } from './audit.ts';
import { backtestCommand } from './backtest.ts';
import { callCommand } from './call.ts';
import { callsCommand } from './calls.ts';
import { checkCommand } from './check.ts';
import { closeCommand, openCommand } from './close.ts';
import { expectCommand } from './expect.ts';
import { explainCommand } from './explain.ts';
import { flagCommand } from './flag.ts';
import { forgetCommand } from './forget.ts';
import { listsCommand } from './lists.ts';
import { promptsCommand } from './prompts.ts';
import { reloadCommand } from './reload.ts';
import { reportCommand } from './report.ts';
import { schemaCommand } from './schema.ts';
import { serveCommand } from './serve.ts';
import { testCommand } from './test.ts';
import { tokenCommand } from './token.ts';
import { topCommand } from './top.ts';

const program = new Command('gatehouse')
  .description('call screening for a corporate switchboard')
  .version(version, '--version', 'show the version')
  .addCommand(serveCommand())
  .addCommand(checkCommand())
  .addCommand(testCommand())
  .addCommand(explainCommand())
  .addCommand(backtestCommand())
  .addCommand(expectCommand())
  .addCommand(closeCommand())
  .addCommand(openCommand())
  .addCommand(flagCommand())
  .addCommand(forgetCommand())
  .addCommand(listsCommand())
  .addCommand(reloadCommand())
  .addCommand(reportCommand())
  .addCommand(callsCommand())
  .addCommand(callCommand())
  .addCommand(topCommand())
  .addCommand(tokenCommand())
  .addCommand(auditCommand())
  .addCommand(promptsCommand())
  .addCommand(schemaCommand());

program.hook('preAction', (_, command) => {
  // It tells in its log and health.
  if (command.name() === 'serve') return;
  const problem = trustAuthorities();
  if (problem !== null) process.stderr.write(`GATEHOUSE_CA_FILE: ${problem}\n`);
});

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
