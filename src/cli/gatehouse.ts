#!/usr/bin/env node
import { Command } from 'commander';
import { trustAuthorities } from '../process/trusted-authorities.ts';
import { version } from '../process/version.ts';

/** Only the one that is asked for is loaded: all of them together take a second to start. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./serve.ts')).serveCommand(),
  init: async () => (await import('./site/init.ts')).initCommand(),
  uninit: async () => (await import('./site/uninit.ts')).uninitCommand(),
  doctor: async () => (await import('./doctor.ts')).doctorCommand(),
  status: async () => (await import('./status.ts')).statusCommand(),
  check: async () => (await import('./check.ts')).checkCommand(),
  test: async () => (await import('./test.ts')).testCommand(),
  explain: async () => (await import('./explain.ts')).explainCommand(),
  diff: async () => (await import('./diff/diff.ts')).diffCommand(),
  backtest: async () => (await import('./backtest.ts')).backtestCommand(),
  expect: async () => (await import('./by-hand/expect.ts')).expectCommand(),
  close: async () => (await import('./by-hand/close.ts')).closeCommand(),
  open: async () => (await import('./by-hand/close.ts')).openCommand(),
  campaigns: async () => (await import('./by-hand/campaigns.ts')).campaignsCommand(),
  level: async () => (await import('./by-hand/level.ts')).levelCommand(),
  flag: async () => (await import('./by-hand/flag.ts')).flagCommand(),
  forget: async () => (await import('./forget.ts')).forgetCommand(),
  lists: async () => (await import('./lists.ts')).listsCommand(),
  reload: async () => (await import('./reload.ts')).reloadCommand(),
  report: async () => (await import('./report.ts')).reportCommand(),
  calls: async () => (await import('./calls.ts')).callsCommand(),
  call: async () => (await import('./call.ts')).callCommand(),
  top: async () => (await import('./top.ts')).topCommand(),
  token: async () => (await import('./token.ts')).tokenCommand(),
  audit: async () => (await import('./audit.ts')).auditCommand(),
  prompts: async () => (await import('./prompts.ts')).promptsCommand(),
  schema: async () => (await import('./schema.ts')).schemaCommand(),
};

/** The command line with the command `chosen`; with all of them when there is none of that name. */
export async function gatehouseProgram(chosen: string): Promise<Command> {
  const program = new Command('gatehouse')
    .description('call screening for a corporate switchboard')
    .version(version, '--version', 'show the version');
  for (const [name, load] of Object.entries(commands))
    if (name === chosen || !Object.hasOwn(commands, chosen)) program.addCommand(await load());
  return program;
}

if (import.meta.main) {
  const program = await gatehouseProgram(process.argv[2] ?? '');
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
}
