import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';

export interface Step {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
}

export interface StepResult {
  readonly step: Step;
  readonly ok: boolean;
  readonly seconds: number;
  /** stdout and stderr as they came. */
  readonly output: string;
}

/**
 * Runs all steps at once, tells each one's end in a line as it comes, and at the end the output of those that failed.
 * A step that takes longer than `limitMs` is killed and has failed.
 */
export async function runSteps(
  steps: readonly Step[],
  tell: (line: string) => void,
  limitMs = 900_000,
): Promise<boolean> {
  const started = performance.now();
  const width = Math.max(...steps.map(({ name }) => name.length));
  const results = await Promise.all(
    steps.map(async (step) => {
      const result = await runStep(step, limitMs);
      tell(`${result.ok ? 'ok  ' : 'FAIL'}  ${step.name.padEnd(width)}  ${result.seconds.toFixed(1)} s`);
      return result;
    }),
  );
  const failed = results.filter(({ ok }) => !ok);
  for (const { step, output } of failed)
    tell(`\n── ${step.name}: ${step.program} ${step.args.join(' ')}\n${output.trimEnd()}`);
  const total = ((performance.now() - started) / 1000).toFixed(1);
  tell(
    failed.length === 0
      ? `all well in ${total} s`
      : `\n${failed.length} of ${steps.length} failed, in ${total} s`,
  );
  return failed.length === 0;
}

function runStep(step: Step, limitMs: number): Promise<StepResult> {
  const started = performance.now();
  return new Promise((done) => {
    let output = '';
    const child = spawn(step.program, step.args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: limitMs,
      killSignal: 'SIGKILL',
    });
    const end = (ok: boolean) => done({ step, ok, seconds: (performance.now() - started) / 1000, output });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output += chunk;
      });
    child.once('error', (error) => {
      output += error.message;
      end(false);
    });
    child.once('close', (code, signal) => {
      if (signal !== null) output += `\nended by ${signal}`;
      end(code === 0);
    });
  });
}
