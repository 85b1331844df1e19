import { randomBytes } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { CallerAction, CallerActions, ListChange } from '../../../call/staff/caller-actions.ts';
import type { CallerFlags } from '../../../call/staff/caller-flags.ts';
import type { ListEdit, ListEditResult, ListEdits } from '../../../call/staff/list-edits.ts';
import type { Flag } from '../../../call/vocabulary.ts';
import type { ActionNoted } from '../../access/protect.ts';
import { answered } from '../answered.ts';
import type { Flagging } from '../page-deps.ts';
import type { AboutCallers, Expectation } from './about-callers.ts';
import type { Actor } from './actor.ts';

/** A batch reads and writes a hundred callers. */
const batchDeadlineMs = 10_000;

/** A call and whose it is: a number or what stands for one in a record. */
export interface CallOf {
  readonly callId: string;
  readonly caller: string;
}

/** A caller, and the call on whose page it was; null: a command named the caller. */
interface ExpectedOf {
  readonly callId: string | null;
  readonly caller: string;
}

/** Nothing was done; `why` is a sentence. */
export class ActionRefused extends Error {
  readonly code = 'action-refused';
  readonly status: 403 | 409;
  constructor(status: 403 | 409, why: string) {
    super(why);
    this.status = status;
  }
}

/** What an action is done with, and by whom. */
export interface Desk {
  readonly flags: CallerFlags;
  readonly actions: CallerActions;
  /** Into the audit log, after it was done; never rejects. */
  readonly note: (action: ActionNoted) => Promise<void>;
  readonly actor: Pick<Actor, 'who' | 'isAdmin'>;
  /** Epoch ms. */
  readonly now: number;
}

export function deskOf(
  request: FastifyRequest,
  { flags, actions, note }: Flagging,
  actor: Actor,
  now: number,
): Desk {
  return { flags, actions, actor, now, note: (action) => note(request, action) };
}

function newAction({ actor, now }: Desk, why: string) {
  return { id: randomBytes(9).toString('base64url'), at: now, who: actor.who, why, undone: null };
}

/**
 * Flags those that are not flagged so yet. What will be flagged is kept before: what was broken off can be undone.
 * @param isBatch it is undone as a whole
 * @returns id of the action; null: all of them were flagged before. @throws NotAnswered
 */
export async function flagCalls(
  desk: Desk,
  calls: readonly CallOf[],
  word: Flag,
  why: string,
  isBatch = false,
): Promise<string | null> {
  const { flags, actions, note } = desk;
  const known = newAction(desk, why);
  const flagged = async (): Promise<readonly CallOf[]> => {
    const before = await Promise.all(calls.map(({ caller, callId }) => flags.read(caller, callId)));
    const fresh = calls.filter((_, at) => !before[at]?.ofCall.includes(word));
    const byCaller = Map.groupBy(fresh, ({ caller }) => caller);
    const ids = fresh.map(({ callId }) => callId);
    if (isBatch && fresh.length > 0)
      await actions.keepBatch(known.id, { at: known.at, who: known.who, word, calls: ids, undone: null });
    const kept = [...byCaller].map(([caller, own]) =>
      actions.keep(caller, { ...known, what: 'flag', word, calls: own.map(({ callId }) => callId) }),
    );
    await Promise.all(kept);
    await Promise.all(fresh.map(({ caller, callId }) => flags.flag(caller, word, callId, desk.now)));
    return fresh;
  };
  const fresh = await answered(flagged(), batchDeadlineMs);
  if (fresh.length === 0) return null;
  await note({ event: 'flagged', ...named(fresh), detail: `${word}: ${why}` });
  return known.id;
}

/** Removes a flag; the action that it came from is over when it was of this call alone. False: it was not there. @throws NotAnswered */
export async function removeFlag(desk: Desk, { caller, callId }: CallOf, word: Flag): Promise<boolean> {
  const { flags, actions, note } = desk;
  const removed = async (): Promise<boolean> => {
    const wasThere = await flags.takeBack(caller, word, callId);
    for (const one of await actions.of(caller))
      if (one.what === 'flag' && one.undone === null && one.word === word && one.calls.join() === callId)
        await actions.keep(caller, undoneBy(desk, one));
    return wasThere;
  };
  if (!(await answered(removed()))) return false;
  await note({ event: 'flagged', ...named([{ caller, callId }]), detail: `${word} taken back` });
  return true;
}

/** `now` null: the call is not expected any more. Replaces what was expected at this number. @throws NotAnswered */
export async function expectCaller(
  desk: Desk,
  { expected }: Pick<AboutCallers, 'expected'>,
  { caller, callId }: ExpectedOf,
  { called, ...next }: Omit<Expectation, 'until'> & { readonly until: number | null },
): Promise<string> {
  const { until, why } = next;
  const known = newAction(desk, why);
  const wanted = until === null ? null : { until, why };
  const done = async () => {
    const all = await expected.ofCaller(caller, desk.now);
    const found = all.find((one) => one.called === called) ?? null;
    const before = found && { until: found.until, why: found.why };
    await desk.actions.keep(caller, { ...known, what: 'expect', called, now: wanted, before });
    await setExpected(expected, caller, called, wanted, desk.now);
  };
  await answered(done());
  const detail = `${wanted === null ? 'no longer' : `until ${new Date(wanted.until).toISOString()}`}: ${why}`;
  await desk.note({ event: 'expected', ...named([{ caller, callId }]), detail });
  return known.id;
}

async function setExpected(
  expected: AboutCallers['expected'],
  caller: string,
  called: string | null,
  window: { readonly until: number; readonly why: string } | null,
  now: number,
): Promise<void> {
  if (window === null || window.until <= now) await expected.remove(caller, called);
  else await expected.add({ caller, called, ...window }, now);
}

/** Takes the caller off lists and puts it on one (null: on none), or changes nothing, or says what stays. @throws ActionRefused, NotAnswered */
export async function changeLists(
  desk: Desk,
  edits: ListEdits,
  { caller, callId }: CallOf,
  wanted: {
    readonly off: readonly string[];
    readonly on: Pick<ListEdit, 'list' | 'name' | 'expiresAt'> | null;
    readonly why: string;
  },
): Promise<string> {
  const { off, on, why } = wanted;
  const known = newAction(desk, why);
  const edit = { number: caller, reason: why, who: desk.actor.who };
  const steps = [
    ...off.map((list) => ({ list, did: 'removed' as const, run: () => edits.remove({ ...edit, list }) })),
    ...(on === null
      ? []
      : [{ list: on.list, did: 'added' as const, run: () => edits.add({ ...edit, ...on }) }]),
  ];
  const changes: ListChange[] = [];
  for (const { list, did, run } of steps) {
    const result = await run();
    if (result.result === 'refused') {
      const kept: string[] = [];
      for (const one of changes.reverse()) {
        const back = await edits.undo(one.change, desk.actor.who);
        if (back.result === 'refused') kept.push(`; it stays ${one.did} (${one.list}): ${back.why}`);
      }
      throw new ActionRefused(409, `The list ${list} was not changed: ${result.why}${kept.join('')}`);
    }
    changes.push({ list, did, change: result.change });
  }
  const detail = `${listsOf({ changes })}: ${why}`;
  await desk.note({ event: 'listed', ...named([{ caller, callId }]), detail });
  await answered(desk.actions.keep(caller, { ...known, what: 'list', changes }));
  return known.id;
}

/** Undoes what was done about one caller; what is undone stays so. @throws ActionRefused, NotAnswered */
export async function undoAction(
  desk: Desk,
  {
    callers,
    listEdits,
  }: { readonly callers?: Pick<AboutCallers, 'expected'>; readonly listEdits?: ListEdits },
  { caller, callId }: ExpectedOf,
  id: string,
): Promise<void> {
  const { flags, actions, note } = desk;
  const found = (await answered(actions.of(caller))).find((one) => one.id === id);
  if (found === undefined) throw new ActionRefused(409, 'What was done then is not kept any more.');
  if (found.undone !== null) return;
  const noted = {
    numbers: [caller],
    calls: found.what === 'flag' ? found.calls : named([{ caller, callId }]).calls,
  };
  switch (found.what) {
    case 'flag':
      await answered(Promise.all(found.calls.map((call) => flags.takeBack(caller, found.word, call))));
      await note({ event: 'flagged', ...noted, detail: `${found.word} taken back` });
      break;
    case 'expect':
      if (callers === undefined) throw new ActionRefused(409, 'Expected calls cannot be changed here.');
      await answered(setExpected(callers.expected, caller, found.called, found.before, desk.now));
      await note({ event: 'expected', ...noted, detail: 'undone' });
      break;
    case 'list':
      if (!desk.actor.isAdmin) throw new ActionRefused(403, 'Changing lists requires the admin role.');
      if (listEdits === undefined) throw new ActionRefused(409, 'Lists cannot be changed here.');
      await undoLists(desk, listEdits, caller, found);
      await note({ event: 'listed', ...noted, detail: `undone: ${listsOf(found)}` });
  }
  await answered(actions.keep(caller, undoneBy(desk, found)));
}

type Listed = Extract<CallerAction, { what: 'list' }>;

/** The last change first. One that is refused stays, with those before it. */
async function undoLists(desk: Desk, edits: ListEdits, caller: string, action: Listed): Promise<void> {
  const left = [...action.changes];
  for (let last = left.at(-1); last !== undefined; last = left.at(-1)) {
    const result: ListEditResult = await edits.undo(last.change, desk.actor.who);
    if (result.result === 'refused') {
      await answered(desk.actions.keep(caller, { ...action, changes: left }));
      throw new ActionRefused(409, `The list ${last.list} was not changed back: ${result.why}`);
    }
    left.pop();
  }
}

/** Removes the flags of a batch. @param calls of it, as far as their callers are still known. @throws NotAnswered */
export async function undoBatch(desk: Desk, id: string, calls: readonly CallOf[]): Promise<void> {
  const { flags, actions, note } = desk;
  const undone = async (): Promise<Flag | null> => {
    const batch = await actions.batch(id);
    if (batch === null || batch.undone !== null) return null;
    await Promise.all(calls.map(({ caller, callId }) => flags.takeBack(caller, batch.word, callId)));
    for (const caller of new Set(calls.map((call) => call.caller)))
      for (const one of await actions.of(caller))
        if (one.id === id) await actions.keep(caller, undoneBy(desk, one));
    await actions.keepBatch(id, { ...batch, undone: { at: desk.now, who: desk.actor.who } });
    return batch.word;
  };
  const word = await answered(undone(), batchDeadlineMs);
  if (word === null) return;
  await note({ event: 'flagged', ...named(calls), detail: `${word} taken back` });
}

function undoneBy<Action extends CallerAction>({ actor, now }: Desk, action: Action): Action {
  return { ...action, undone: { at: now, who: actor.who } };
}

function listsOf({ changes }: Pick<Listed, 'changes'>): string {
  return changes.map(({ did, list }) => `${did} ${list}`).join(', ');
}

function named(calls: readonly ExpectedOf[]) {
  return {
    calls: calls.flatMap(({ callId }) => callId ?? []),
    numbers: [...new Set(calls.map(({ caller }) => caller))],
  };
}
