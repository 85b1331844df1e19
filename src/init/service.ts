import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fromHere } from '../process/loopback.ts';
import { runApart } from './asterisk.ts';

const [restartMs, stopMs, answerMs, readyMs, everyMs] = [60_000, 120_000, 2_000, 45_000, 500];
const unit = 'gatehouse.service';

/** `absent`: no Gatehouse runs here; `waiting`: it runs and is not connected to Asterisk. */
export type ServiceState = 'ready' | 'waiting' | 'absent';

/** Starts Gatehouse with its new settings, where systemd has it. False: there is no such unit. @throws an Error when systemd refuses */
export async function restartService(): Promise<boolean> {
  if (!(await hasUnit())) return false;
  await runApart(restartMs, 'systemctl', 'restart', unit);
  return true;
}

/** Ends Gatehouse, where systemd has it: calls inside finish, and what waits is sent. False: there is no such unit. @throws an Error when systemd refuses */
export async function stopService(): Promise<boolean> {
  if (!(await hasUnit())) return false;
  await runApart(stopMs, 'systemctl', 'stop', unit);
  return true;
}

async function hasUnit(): Promise<boolean> {
  if (!existsSync('/run/systemd/system')) return false;
  return runApart(answerMs, 'systemctl', 'cat', unit).then(
    () => true,
    () => false,
  );
}

/** Waits for the Gatehouse of this machine to be connected to Asterisk, if one is there or was just started. @throws the reason of `interrupted` */
export async function serviceState(
  http: string,
  justStarted: boolean,
  interrupted: AbortSignal,
): Promise<ServiceState> {
  for (let ms = 0; ; ms += everyMs) {
    interrupted.throwIfAborted();
    const state = await readiness(http);
    if (state === 'ready' || ms >= readyMs || (state === 'absent' && !justStarted)) return state;
    await sleep(everyMs);
  }
}

function readiness(http: string): Promise<ServiceState> {
  return fetch(`http://${fromHere(http)}/readyz`, { signal: AbortSignal.timeout(answerMs) }).then(
    (reply) => (reply.ok ? 'ready' : 'waiting'),
    () => 'absent',
  );
}
