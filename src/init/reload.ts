import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ariAddress } from '../ari/ari-address.ts';
import { AriHttp } from '../ari/ari-http.ts';
import { preflight } from '../ari/preflight.ts';
import { entryContext } from '../call/trunk.ts';
import { systemClock } from '../process/clock.ts';
import type { Console } from './asterisk.ts';
import type { KeptFile } from './manifest.ts';

const [requestMs, ariMs, ariEveryMs] = [3_000, 10_000, 250];

interface Reload {
  readonly files: RegExp;
  readonly commands: readonly string[];
  readonly done: RegExp;
}

const reloads: readonly Reload[] = [
  { files: /^http/, commands: ['module reload http'], done: /reloaded successfully/ },
  { files: /^ari/, commands: ['module reload res_ari.so'], done: /reloaded successfully/ },
  { files: /^voicemail/, commands: ['voicemail reload'], done: /Reloading voicemail/ },
  { files: /^(extensions|globals|gatehouse)/, commands: ['dialplan reload'], done: /Dialplan reloaded/ },
  { files: /^pjsip/, commands: ['module reload res_pjsip.so'], done: /reloaded successfully/ },
];

/** Makes the running Asterisk read what has changed. @throws an Error when it refuses */
export async function reload(
  console: Console,
  changed: readonly Pick<KeptFile, 'path' | 'stage'>[],
): Promise<void> {
  const due = reloads.filter(({ files }) =>
    changed.some(({ path, stage }) => files.test(stage === 'trunk' ? 'pjsip' : basename(path))),
  );
  for (const { commands, done } of due)
    for (const command of commands) {
      const said = await console.ask(command);
      if (!done.test(said)) throw new Error(`Asterisk refuses "${command}": ${oneLine(said)}`);
    }
}

/** The extension of the running dialplan to which this one leads, as `'_X.' => 1. …`, the first of several; null: none. */
export async function leadsBy(console: Console, context: string, extension: string): Promise<string | null> {
  const said = await console.ask(`dialplan show ${extension}@${context}`);
  const isThere = said.includes('=>') && !/There is no existence/.test(said);
  return isThere ? (/^\s*('.*)$/m.exec(said)?.[1] ?? '') : null;
}

/** Entry and exits are in the running dialplan. @throws an Error with what is missing */
export async function verifyDialplan(console: Console, number: string): Promise<void> {
  for (const [context, extension] of [
    ['gatehouse-connect', 'operators='],
    [entryContext, number],
    ['gatehouse-to-operators', number],
  ] as const)
    if ((await leadsBy(console, context, extension)) === null)
      throw new Error(`after the reload Asterisk has no [${context}]: gatehouse.conf was not read`);
}

/** Context of an endpoint in the running Asterisk; null: there is no such endpoint. */
export async function contextOf(console: Console, endpoint: string): Promise<string | null> {
  const said = await console.ask(`pjsip show endpoint ${endpoint}`);
  return /^ *context +: *(\S*)/m.exec(said)?.[1] ?? null;
}

/** ARI takes our user. @throws AriPreflightError, CallControlError */
export async function verifyAri(url: string, username: string, password: string): Promise<void> {
  const address = ariAddress({ url, username, password, app: 'gatehouse-init' });
  const http = new AriHttp({ address, timeoutMs: requestMs, clock: systemClock, connections: 1 });
  try {
    // The server may be about to listen.
    for (let waitedMs = 0; ; waitedMs += ariEveryMs) {
      const problem = await preflight(http).then(
        () => null,
        (failed: Error) => failed,
      );
      if (problem === null) return;
      if (problem.name === 'AriPreflightError' || waitedMs >= ariMs) throw problem;
      await sleep(ariEveryMs);
    }
  } finally {
    await http.close();
  }
}

function oneLine(text: string): string {
  return text.trim().split('\n')[0]?.slice(0, 200) ?? '';
}
