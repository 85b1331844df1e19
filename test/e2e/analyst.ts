import type { Lab } from '../../lab/lab.ts';
import { runCli } from '../cli/run-cli.ts';

/** Makes a token with `gatehouse token new`; the headers of whoever sees whole numbers with it. */
export async function analystHeaders(lab: Lab, name = 'ann'): Promise<{ authorization: string }> {
  const args = ['token', 'new', '--role', 'analyst', '--name', name];
  const { exitCode, stdout, stderr } = await runCli(args, { env: lab.gatehouse.environment });
  if (exitCode !== 0) throw new Error(`no token: ${stderr}`);
  return { authorization: `Bearer ${stdout.trim()}` };
}
