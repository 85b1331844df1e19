import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CallerStep } from '../../lab/caller-scenario.ts';
import { until } from '../../lab/child.ts';
import { Lab } from '../../lab/lab.ts';

export const dialed = '+13175550100';

export interface ExitLabOptions {
  /** Changes the shipped site file before the start. */
  readonly site?: (shipped: string) => string;
  readonly edit?: (etc: string) => Promise<void>;
}

/** How one call ended, as its caller and the dialplan saw it. */
export interface ExitFate {
  readonly sip: string;
  /** The exits that it left for, in order. */
  readonly exits: readonly string[];
  /** Its departure note, without the time. */
  readonly note: { readonly exit: string; readonly to: string; readonly why: string } | null;
  /** Its bypass note. */
  readonly bypass: string | null;
  readonly ms: number;
}

/**
 * A lab without Gatehouse whose exits can be called: `go~<context>~<extension>` leads where the app's `continue` would. All
 * else is the shipped site file on the distribution's own configuration.
 */
export function exitLab(options: ExitLabOptions = {}): Promise<Lab> {
  return Lab.up({
    gatehouse: false,
    editAsterisk: async (etc) => {
      await appendFile(
        join(etc, 'extensions.conf'),
        `[gatehouse-in]
exten => _go~.,1,Set(__GATEHOUSE_DID=${dialed})
 same => n,Goto(\${CUT(EXTEN,~,2)},\${CUT(EXTEN,~,3)},1)
`,
      );
      if (options.site !== undefined) await setSite(etc, options.site);
      await options.edit?.(etc);
    },
  });
}

export async function setSite(etc: string, change: (shipped: string) => string): Promise<void> {
  const file = join(etc, 'gatehouse', 'gatehouse-site.conf');
  const shipped = await readFile(
    join(import.meta.dirname, '../../dialplan/gatehouse-site.conf.sample'),
    'utf8',
  );
  await writeFile(file, change(shipped));
}

/** The shipped site file with these steps in place of the ones that say that it is not edited. */
export function operatorsAre(...steps: string[]): (shipped: string) => string {
  return (shipped) =>
    shipped.replace(
      /^exten => .*Log\(WARNING.*\n same => n,Goto.*$/m,
      steps
        .map((step, at) => (at === 0 ? `exten => _[+0-9A-Za-z*#]!,1,${step}` : ` same => n,${step}`))
        .join('\n'),
    );
}

export const reloadDialplan = (lab: Lab): Promise<string> => lab.asterisk.cli('dialplan reload');
export const setGlobal = (lab: Lab, name: string, value: string): Promise<string> =>
  lab.asterisk.cli(`dialplan set global ${name} ${value}`);

/** Rings `to`, stays until the other side hangs up or the step is over, and says what happened. */
export async function ringTo(lab: Lab, to: string, step: CallerStep = { hold: 800 }): Promise<ExitFate> {
  const begun = Date.now();
  const phone = await lab.ring({ from: '+12125550170', displayName: 'Pat', to, steps: [step] });
  const { calls } = await phone.finished();
  const ms = Date.now() - begun;
  const id = phone.callId();
  const arrivals = (await lab.arrivals()).filter(({ callId }) => callId === id);
  const uniqueId = arrivals[0]?.uniqueId ?? (await lastUniqueId(lab));
  return {
    sip: calls.get(id)?.join() ?? 'lost',
    exits: arrivals.map(({ exit }) => exit),
    note: readNote(await spooled(lab, `left~${uniqueId}`)),
    bypass: await spooled(lab, uniqueId),
    ms,
  };
}

/** Rings the exit that the app would have chosen. */
export const ringExit = (
  lab: Lab,
  context: string,
  extension: string,
  step?: CallerStep,
): Promise<ExitFate> => ringTo(lab, `go~${context}~${extension}`, step);

/** Messages in a mailbox once there are `count`. */
export async function messages(lab: Lab, box: string, count: number): Promise<number> {
  const inbox = join(lab.dir, 'spool', 'voicemail', 'default', box, 'INBOX');
  const found = async (): Promise<number> =>
    (await readdir(inbox).catch(() => [])).filter((name) => name.endsWith('.txt')).length;
  await until(`${count} messages in ${box}`, 15_000, async () => ((await found()) >= count ? true : null));
  return found();
}

/** For a call that reached no exit: the last note in the spool. */
async function lastUniqueId(lab: Lab): Promise<string> {
  const names = await readdir(join(lab.dir, 'spool', 'gatehouse'));
  const ids = names.map((name) => name.replace(/^left~/, ''));
  return ids.sort((a, b) => Number(a.split('.')[1]) - Number(b.split('.')[1])).at(-1) ?? '';
}

async function spooled(lab: Lab, name: string): Promise<string | null> {
  return readFile(join(lab.dir, 'spool', 'gatehouse', name), 'utf8').catch(() => null);
}

function readNote(text: string | null): ExitFate['note'] {
  if (text === null) return null;
  const fields = Object.fromEntries(
    text
      .trim()
      .split(',')
      .map((part) => part.split('=')),
  );
  const decode = (value = ''): string => decodeURIComponent(decodeURIComponent(value));
  if (fields.v !== '1' || fields.end !== '1' || !/^\d{13}$/.test(fields.at ?? ''))
    throw new Error(`note: ${text}`);
  return { exit: decode(fields.exit), to: decode(fields.to), why: fields.why ?? '' };
}
