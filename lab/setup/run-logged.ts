import { spawn } from 'node:child_process';

export type Progress = (line: string) => void;

export interface RunLoggedOptions {
  readonly progress: Progress;
  readonly title: string;
  readonly timeoutMs: number;
  readonly env?: Record<string, string>;
}

/**
 * Runs a long command with a line at its start, every 15 s, and at its end. Rejects with the last 20 lines of its output
 * when it fails or passes `timeoutMs`.
 */
export async function runLogged(
  command: string,
  args: readonly string[],
  options: RunLoggedOptions,
): Promise<void> {
  const { progress, title } = options;
  const started = Date.now();
  const seconds = (): string => `${((Date.now() - started) / 1000).toFixed(0)} s`;
  progress(`${title} …`);
  const tail: string[] = [];
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
    timeout: options.timeoutMs,
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      tail.push(...text.split('\n').filter((line) => line.trim() !== ''));
      tail.splice(0, Math.max(0, tail.length - 20));
    });
  }
  const beat = setInterval(
    () => progress(`${title}: ${seconds()}, ${tail.at(-1)?.slice(0, 80) ?? ''}`),
    15_000,
  );
  try {
    const code = await new Promise<number | string>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (exitCode, signal) => resolve(exitCode ?? signal ?? 'ended'));
    });
    if (code !== 0) throw new Error(`${title}: ${command} ended with ${code}\n${tail.join('\n')}`);
    progress(`${title}: done in ${seconds()}`);
  } finally {
    clearInterval(beat);
  }
}
