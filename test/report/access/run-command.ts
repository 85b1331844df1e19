import { type Command, CommanderError } from 'commander';
import { vi } from 'vitest';

export interface Said {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in this process, which starts in no time, as `gatehouse` would with this data directory. */
export async function runCommand(command: Command, args: readonly string[], dataDir: string): Promise<Said> {
  const said = { exitCode: 0, stdout: '', stderr: '' };
  const writeErr = (text: string) => {
    said.stderr += text;
  };
  for (const one of [command, ...command.commands]) one.exitOverride().configureOutput({ writeErr });
  const log = vi.spyOn(console, 'log').mockImplementation((line) => {
    said.stdout += `${line}\n`;
  });
  const error = vi.spyOn(console, 'error').mockImplementation((line) => writeErr(`${line}\n`));
  vi.stubEnv('GATEHOUSE_DATA', dataDir);
  try {
    await command.parseAsync([...args], { from: 'user' });
  } catch (caught) {
    if (!(caught instanceof CommanderError)) throw caught;
    said.exitCode = caught.exitCode;
  } finally {
    vi.unstubAllEnvs();
    log.mockRestore();
    error.mockRestore();
  }
  return said;
}
