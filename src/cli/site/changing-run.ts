import { constants } from 'node:os';
import type { Command } from 'commander';
import { endingSignals, Interrupted } from '../../init/interruption.ts';
import { CommandError, run } from '../command/run.ts';

/** Ends the work as a signal would. */
export type End = (interruption: Interrupted) => void;

/**
 * Runs a command that changes this machine: a signal aborts the work, which is waited for, so that it leaves nothing half done. A terminal that is
 * lost takes no output any more, and nothing else. Exit code of an interruption: as a shell has it, 130 for Ctrl-C.
 */
export function runChanging(
  command: Command,
  work: (interrupted: AbortSignal, end: End) => Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  const end: End = (interruption) => controller.abort(interruption);
  for (const signal of endingSignals) process.on(signal, () => end(new Interrupted(signal)));
  const ignored = (): void => undefined;
  for (const stream of [process.stdin, process.stderr]) stream.on('error', ignored);
  return run(command, () => work(controller.signal, end).catch(told), ignored);
}

/** Exit code of a command that ended because of this. */
export function exitCodeAfter(cause: unknown): number {
  return cause instanceof Interrupted ? 128 + constants.signals[cause.signal] : 1;
}

function told(failed: Error): never {
  if (failed instanceof Interrupted)
    throw new CommandError('interrupted', `${failed.message}. Nothing was changed.`, exitCodeAfter(failed));
  if (failed.cause instanceof Interrupted)
    throw new CommandError('interrupted', failed.message, exitCodeAfter(failed.cause));
  throw failed;
}
