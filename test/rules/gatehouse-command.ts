import { Command } from 'commander';
import { checkCommand } from '../../src/cli/check.ts';
import { explainCommand } from '../../src/cli/explain.ts';
import { testCommand } from '../../src/cli/test.ts';

/** The rule commands as a program of their own, for tests that start them as users do. */
await new Command('gatehouse')
  .addCommand(checkCommand())
  .addCommand(explainCommand())
  .addCommand(testCommand())
  .parseAsync();
