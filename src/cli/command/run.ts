import { once } from 'node:events';
import type { Command } from 'commander';
import { IANAZone, Settings } from 'luxon';
import { settingText } from '../../config/read-setting.ts';
import { readLocalZone } from '../../process/local-zone.ts';
import { screenOf, wrapped } from '../../terminal/screen.ts';

/** A failure that is one line for people. */
export class CommandError extends Error {
  readonly code: string;
  readonly exitCode: number;
  constructor(code: string, message: string, exitCode = 1) {
    super(message);
    this.code = code;
    this.exitCode = exitCode;
  }
}

/** What to do when files of GATEHOUSE_DATA cannot be read or written. */
export const sameUser = 'run this as the user that Gatehouse runs as (or root), with the same GATEHOUSE_DATA';

/**
 * Runs a command's work: an error becomes one line on stderr, exit code 1 or that of a CommandError.
 * @param onLostOutput when stdout has no reader any more
 */
export async function run(
  command: Command,
  work: () => Promise<void>,
  onLostOutput: (error: NodeJS.ErrnoException) => void = endQuietly,
): Promise<void> {
  process.stdout.on('error', onLostOutput);
  try {
    await work();
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    command.error(wrapped(`error: ${messageOf(error)}`, screenOf(process.stderr)), {
      exitCode: error instanceof CommandError ? error.exitCode : 1,
      code: typeof code === 'string' ? code : 'command-failed',
    });
  } finally {
    process.stdout.off('error', onLostOutput);
  }
}

/** Times are read and written in the zone of the organization, as on the pages; also those among the options. */
export async function useLocalZone(): Promise<void> {
  const zone = await readLocalZone(settingText('GATEHOUSE_DATA'));
  if (zone !== null && IANAZone.isValidZone(zone)) Settings.defaultZone = zone;
}

/** Work on files of GATEHOUSE_DATA: an error of the system comes with its remedy. */
export async function onData<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined) throw error;
    throw new CommandError(code, `${messageOf(error)}\n  remedy: ${sameUser}`);
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Prints, and waits for a reader that is slower than we are. */
export async function print(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

/** The reader has seen enough: `| head`. */
function endQuietly(error: NodeJS.ErrnoException): void {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
}
