import { Argument, Command } from 'commander';
import { print, run } from '../command/run.ts';
import { bashCompletion } from './bash.ts';
import { completedCommands } from './completed-words.ts';
import { fishCompletion } from './fish.ts';
import { zshCompletion } from './zsh.ts';

const shells = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;
export type Shell = keyof typeof shells;

/** `gatehouse completion SHELL`: what that shell reads to complete commands and options. Its program has all commands. */
export function completionCommand(): Command {
  return new Command('completion')
    .description('print what completes the commands in a shell')
    .addArgument(new Argument('<shell>').choices(Object.keys(shells)))
    .action((shell: Shell, _: unknown, self: Command) =>
      run(self, () => print(completionFor(shell, self.parent ?? self))),
    );
}

export function completionFor(shell: Shell, program: Command): string {
  return shells[shell](completedCommands(program));
}
