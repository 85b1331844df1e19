import type { AsteriskQuestions } from './asterisk-questions.ts';

/** What an exit rings, as its context in extensions.conf says. */
export interface Ringing {
  /** `Queue(switchboard)`, `PJSIP/operators`. */
  readonly name: string;
  /** Why nobody can answer there now; null: somebody can. */
  readonly problem: 'queue-missing' | 'queue-empty' | 'unregistered' | null;
}

const file = 'extensions.conf';
const maxLines = 40;
const maxContexts = 8;
const maxTargets = 20;
const away: ReadonlySet<string> = new Set(['UNAVAILABLE', 'INVALID']);

/**
 * The queues and phones that a context rings, in it and in the contexts to which it leads. Read from the file, because nothing
 * returns the steps of a running dialplan; what a site computes is not found, so that an empty answer says nothing.
 */
export async function ringingOf(asterisk: AsteriskQuestions, context: string): Promise<readonly Ringing[]> {
  const queues = new Set<string>();
  const phones = new Set<string>();
  const contexts = [context];
  for (let at = 0; at < contexts.length && at < maxContexts; at++) {
    for (const step of await stepsOf(asterisk, contexts[at] ?? '')) {
      for (const [, queue = ''] of step.matchAll(/\bQueue\(([^,()]+)/g)) queues.add(queue.trim());
      for (const [, dialed = ''] of step.matchAll(/\bDial\(((?:[^,()]|\([^()]*\))+)/g))
        for (const one of dialed.split('&')) {
          const local = /^Local\/[^@/]+@([^/]+)/.exec(one)?.[1];
          if (local === undefined) phones.add(deviceOf(one.trim()));
          else contexts.push(local);
        }
      for (const [, next = ''] of step.matchAll(/\bGo(?:to|sub)\(([^,()]+),[^,()]+,[^,()]+/g))
        if (!contexts.includes(next)) contexts.push(next);
    }
  }
  const found: Ringing[] = [];
  for (const queue of [...queues].filter(isPlain).slice(0, maxTargets))
    found.push({ name: `Queue(${queue})`, problem: await queueProblem(asterisk, queue) });
  for (const phone of [...phones].filter(isPlain).slice(0, maxTargets)) {
    const isAway = away.has(await asterisk.read(`DEVICE_STATE(${phone})`));
    found.push({ name: phone, problem: isAway ? 'unregistered' : null });
  }
  // What is not read may be where somebody answers.
  const unread = [...queues, ...phones].find((name) => !isPlain(name));
  const isWhole = contexts.length <= maxContexts && queues.size <= maxTargets && phones.size <= maxTargets;
  if (unread === undefined && isWhole) return found;
  return found.length === 0 ? [] : [...found, { name: unread ?? 'others', problem: null }];
}

/** Names that mean the same to us as to the dialplan: variables of globals are replaced before. */
function isPlain(name: string): boolean {
  return /^[A-Za-z0-9_./+@:-]+$/.test(name);
}

async function queueProblem(asterisk: AsteriskQuestions, queue: string): Promise<Ringing['problem']> {
  if ((await asterisk.read(`QUEUE_EXISTS(${queue})`)) !== '1') return 'queue-missing';
  return Number(await asterisk.read(`QUEUE_MEMBER(${queue},logged)`)) > 0 ? null : 'queue-empty';
}

/** `PJSIP/number@trunk` and `${PJSIP_DIAL_CONTACTS(name)}` as the device that they ring. */
function deviceOf(dialed: string): string {
  const contacts = /^\$\{PJSIP_DIAL_CONTACTS\(([^()]+)\)\}$/.exec(dialed)?.[1];
  if (contacts !== undefined) return `PJSIP/${contacts}`;
  const endpoint = /^PJSIP\/[^@/]+@([^/]+)$/.exec(dialed)?.[1];
  return endpoint === undefined ? dialed.split('/').slice(0, 2).join('/') : `PJSIP/${endpoint}`;
}

/** Steps and includes of a context, global variables replaced. */
async function stepsOf(asterisk: AsteriskQuestions, context: string): Promise<readonly string[]> {
  if (!isPlain(context)) return [];
  // A site hands its calls on by this, to the context that the trunk had before.
  if (context === 'gatehouse-fallback')
    return [`Goto(${(await asterisk.read('GLOBAL(GATEHOUSE_FALLBACK)')) || 'from-trunk'},s,1)`];
  const steps: string[] = [];
  for (const name of ['exten', 'same', 'include'] as const)
    for (let index = 0; index < maxLines; index++) {
      const step = await asterisk.config(file, context, name, index);
      if (step === '') break;
      if (name !== 'include') steps.push(await withGlobals(asterisk, step));
      else if (step !== 'gatehouse-exit') steps.push(`Goto(${step},s,1)`);
    }
  return steps;
}

async function withGlobals(asterisk: AsteriskQuestions, step: string): Promise<string> {
  let text = step;
  for (const [whole, name = ''] of step.matchAll(/\$\{([A-Za-z0-9_]+)\}/g)) {
    if (['EXTEN', 'CONTEXT'].includes(name)) continue;
    const value = await asterisk.read(`GLOBAL(${name})`);
    if (value !== '') text = text.replace(whole, () => value);
  }
  return text;
}
