import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { readArrivals } from './arrivals.ts';
import { until } from './child.ts';
import { Lab } from './lab.ts';
import { startTicks } from './process-identity.ts';
import { labBase, readRecord, runningLabs } from './slot.ts';

const progress = (line: string): void => void process.stderr.write(`lab: ${line}\n`);

const program = new Command('lab').description('a real Asterisk, Redis, operators and Gatehouse on loopback');

program
  .command('up')
  .description('start a lab; prints one JSON object when calls can be taken')
  .option('--rules <dir>', 'rules directory')
  .option('--watchdog <seconds>', "seconds of the dialplan's watchdog", '60')
  .option('--detach', 'return when it is up; `lab down` stops it')
  .action(async (options: { rules?: string; watchdog: string; detach?: boolean }) => {
    if (options.detach) return detach(options);
    const lab = await Lab.up({
      ...(options.rules === undefined ? {} : { rules: options.rules }),
      watchdogSeconds: Number(options.watchdog),
      owner: 'cli',
      progress,
    });
    process.stdout.write(`${JSON.stringify(lab.contract)}\n`);
    await superviseUntilSignal(lab);
    await lab.down();
  });

program
  .command('arrivals')
  .description('print a JSON line for every call that reached an exit')
  .option('--dir <dir>', 'the lab; the newest one by default')
  .action(async (options: { dir?: string }) => {
    const dir = options.dir ?? (await cliLabs()).at(-1)?.dir;
    if (dir === undefined) throw new Error('no lab is up; start one with `npm run -s lab -- up --detach`');
    for (const arrival of await readArrivals(dir)) process.stdout.write(`${JSON.stringify(arrival)}\n`);
  });

program
  .command('down')
  .description('stop the labs that `lab up` started')
  .option('--dir <dir>', 'only this one')
  .action(async (options: { dir?: string }) => {
    const labs = (await cliLabs()).filter((lab) => options.dir === undefined || lab.dir === options.dir);
    for (const { dir, record } of labs) {
      process.kill(record.supervisor.pid, 'SIGTERM');
      const gone = (): true | null =>
        startTicks(record.supervisor.pid) === record.supervisor.started ? null : true;
      await until(`the lab ${dir} to stop`, 60_000, gone);
      progress(`${dir} stopped`);
    }
    if (labs.length === 0) progress('no lab was up');
  });

async function cliLabs(): Promise<Awaited<ReturnType<typeof runningLabs>>> {
  return (await runningLabs()).filter((lab) => lab.record.owner === 'cli');
}

/** Runs `up` in a process of its own session and waits for its contract. */
async function detach(options: { rules?: string; watchdog: string }): Promise<void> {
  const args = [...process.execArgv, import.meta.filename, 'up', '--watchdog', options.watchdog];
  if (options.rules !== undefined) args.push('--rules', options.rules);
  await mkdir(labBase, { recursive: true });
  // A file, not a pipe: a pipe would break as soon as this process ends.
  const log = join(labBase, `up-${process.pid}.log`);
  const file = openSync(log, 'w');
  const child = spawn(process.execPath, args, { detached: true, stdio: ['ignore', 'ignore', file] });
  let ended = false;
  child.once('exit', () => {
    ended = true;
  });
  let shown = 0;
  const show = async (): Promise<void> => {
    const text = await readFile(log, 'utf8');
    process.stderr.write(text.slice(shown));
    shown = text.length;
  };
  try {
    const probe = async (): Promise<Record<string, unknown> | null> => {
      await show();
      if (ended) throw new Error('the lab ended while it started; see above');
      const mine = (await runningLabs()).find((lab) => lab.record.supervisor.pid === child.pid);
      return mine === undefined ? null : ((await readRecord(mine.dir))?.contract ?? null);
    };
    process.stdout.write(`${JSON.stringify(await until('the lab to come up', 900_000, probe, 200))}\n`);
  } finally {
    child.unref();
    await rm(log, { force: true });
  }
}

/** As a service manager would: Gatehouse is started again a second after it ended. */
async function superviseUntilSignal(lab: Lab): Promise<void> {
  const stopped = new Promise<'stopped'>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.once(signal, () => resolve('stopped'));
  });
  for (;;) {
    const next = await Promise.race([
      stopped,
      lab.gatehouse.child.ended.then(() => 'gatehouse-ended' as const),
    ]);
    if (next === 'stopped') return;
    progress('Gatehouse ended; starting it again in 1 s');
    if ((await Promise.race([stopped, sleep(1000)])) === 'stopped') return;
    await lab.gatehouse.launch();
    await lab.record();
  }
}

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`lab: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
