import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../src/cli/gatehouse.ts', import.meta.url));
const project = fileURLToPath(new URL('../..', import.meta.url));

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts `gatehouse` as a user does, in the project's directory. `input` is its stdin. */
export function runCli(
  args: readonly string[],
  { env = {}, input = '' }: { readonly env?: NodeJS.ProcessEnv; readonly input?: string | Uint8Array } = {},
): Promise<Ran> {
  return new Promise((resolve) => {
    // The runner of all tests has this one for itself; to the program it is a misspelled setting.
    const inherited = { ...process.env, GATEHOUSE_STRAY_ERRORS: undefined };
    const options = { cwd: project, env: { ...inherited, ...env }, timeout: 60_000, maxBuffer: 64e6 };
    const child = execFile(process.execPath, [program, ...args], options, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ exitCode, stdout, stderr });
    });
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
}
