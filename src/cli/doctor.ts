import { resolve } from 'node:path';
import { Command } from 'commander';
import { type Bundled, writeBundle } from '../doctor/bundle.ts';
import { examine } from '../doctor/examine.ts';
import type { Finding } from '../doctor/finding.ts';
import { doctorSummary, findingText } from '../terminal/doctor-text.ts';
import { screenOf, tell, wrapped } from '../terminal/screen.ts';
import { type JsonFields, picked, withJsonOption } from './command/json-option.ts';
import { runningRecords } from './command/redis.ts';
import { CommandError, run } from './command/run.ts';

interface DoctorOptions {
  readonly pre?: true;
  readonly canary?: true;
  readonly bundle?: true | string;
  readonly log?: string;
  readonly json?: JsonFields;
}

/** `gatehouse doctor`: exit code 1 when there is an error. */
export function doctorCommand(): Command {
  const command = new Command('doctor')
    .description(
      'check everything that a call needs, from this machine to the exits: what is wrong, and what to do',
    )
    .option('--pre', 'before anything is configured: only what Gatehouse needs on this machine')
    .option('--canary', 'have the running Gatehouse call each exit and mailbox now; nobody is rung')
    .option('--bundle [file]', 'also write a tar.gz for support: numbers masked, secrets left out')
    .option('--log <file>', 'log file for the bundle (default: the journal of the unit gatehouse)');
  return withJsonOption(command, 'one JSON object', ['ok', 'findings']).action(
    (options: DoctorOptions, self: Command) =>
      run(self, async () => {
        const findings: Finding[] = [];
        const [isBefore, canary] = [options.pre === true, options.canary === true];
        const records = isBefore ? null : await runningRecords();
        for await (const finding of examine(process.env, isBefore, canary, records)) {
          if (!options.json) console.log(findingText(finding, findings.at(-1) ?? null, screenOf()));
          findings.push(finding);
        }
        const isWell = findings.every(({ level }) => level !== 'error');
        console.log(
          options.json
            ? JSON.stringify(picked({ ok: isWell, findings }, options.json))
            : wrapped(doctorSummary(findings)),
        );
        if (!isWell) process.exitCode = 1;
        if (options.bundle === undefined) return;
        const day = new Date().toISOString().slice(0, 10);
        const path = resolve(options.bundle === true ? `gatehouse-support-${day}.tar.gz` : options.bundle);
        const bundled = await bundle(path, findings, options.log ?? null);
        tell(
          `${path}:\n${bundled.map(({ file, holds, bytes }) => `  ${file}  ${bytes} bytes: ${holds}`).join('\n')}`,
        );
      }),
  );
}

async function bundle(
  path: string,
  findings: readonly Finding[],
  log: string | null,
): Promise<readonly Bundled[]> {
  try {
    return await writeBundle(process.env, findings, path, log);
  } catch (error) {
    throw new CommandError('bundle', `the bundle cannot be written: ${(error as Error).message}`);
  }
}
