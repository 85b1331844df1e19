import { callsCommand } from '../../src/cli/calls.ts';

/** `gatehouse calls` as a process of its own. */
await callsCommand().parseAsync();
