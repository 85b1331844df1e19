import { Command } from 'commander';
import { checkCommand } from '../../src/cli/check.ts';
import { explainCommand } from '../../src/cli/explain.ts';

/** The two rule commands as a program of their own, for tests that start them as users do. */
await new Command('gatehouse').addCommand(checkCommand()).addCommand(explainCommand()).parseAsync();
