import { until } from '../../lab/child.ts';
import { morning, returningPasser } from '../../lab/demo/morning.ts';
import { ringCaller } from '../../lab/demo/ring-caller.ts';
import type { Lab } from '../../lab/lab.ts';
import type { Outcome } from '../../src/call/outcome.ts';
import { outcomesOf } from './outcomes.ts';

/** Says what may harm whoever reads it, beside the callers of the demo. */
const hostileName = '<img src=x onerror=alert(1)>';

/** Rings every caller of the demo's morning, one who comes again, and a hostile one; what is in Redis of them. */
export async function ringMorning(lab: Lab): Promise<readonly Outcome[]> {
  const script = { from: '+12125550140', displayName: hostileName, to: '+13175550100' };
  const hostile = { ...script, steps: [{ hold: 1500 }] };
  const fates = await Promise.all([
    ...morning.map(async (caller) => {
      const fate = await ringCaller(lab, caller);
      return caller.id === 'presses-one' ? [fate, await ringCaller(lab, returningPasser)] : [fate];
    }),
    ringCaller(lab, { id: 'hostile', who: '', end: 'none', phoneShows: null, script: hostile }).then(
      (fate) => [fate],
    ),
  ]);
  const ids = fates.flat().map(({ sipCallId }) => sipCallId);
  const outcomes = [...(await outcomesOf(lab, ids)).values()].flat();
  await followed(lab, outcomeOfRule(outcomes, 'customers'));
  return outcomes;
}

/** The page of a call tells its later life a moment after the call is over. */
async function followed(lab: Lab, { callId }: Outcome): Promise<void> {
  await until('the later life of a call', 30_000, async () => {
    const reply = await fetch(`${lab.gatehouse.url}/calls/${callId}`);
    return (await reply.text()).includes('ended normally') ? true : null;
  });
}

export function outcomeOfRule(outcomes: readonly Outcome[], rule: string): Outcome {
  const found = outcomes.find(({ decision }) => decision?.rule === rule);
  if (found === undefined) throw new Error(`no call was decided by ${rule}`);
  return found;
}

/** Every kind of page, by what it is. */
export function pagePaths(outcomes: readonly Outcome[]): Readonly<Record<PageName, string>> {
  const idOf = (wanted: (outcome: Outcome) => boolean) => outcomes.find(wanted)?.callId ?? 'none';
  return {
    now: '/',
    history: '/history',
    calls: '/calls',
    filtered: '/calls?where=connected&verdict=challenge',
    'wrong digit, then right': `/calls/${idOf(({ challenge }) => (challenge?.attempts.length ?? 0) > 1 && challenge?.result === 'passed')}`,
    'a hostile call': `/calls/${idOf(({ facts }) => facts.caller.displayName === hostileName)}`,
    'a call with a later life': `/calls/${outcomeOfRule(outcomes, 'customers').callId}`,
    'a call explained': `/calls/explain?id=${encodeURIComponent(outcomeOfRule(outcomes, 'everyone-else').callId)}`,
    callers: '/callers',
    'a caller': `/callers/of/${outcomeOfRule(outcomes, 'customers').callId}`,
    harm: '/harm',
    events: '/log',
    rules: '/rules',
    lists: '/lists?number=%2B1%20317%20555%200140',
    search: '/search?q=317%20555',
    month: '/month',
    'no such call': '/calls/lab/0.0',
    'sign in': '/login',
  };
}

export const pageNames = [
  'now',
  'history',
  'calls',
  'filtered',
  'wrong digit, then right',
  'a hostile call',
  'a call with a later life',
  'a call explained',
  'callers',
  'a caller',
  'harm',
  'events',
  'rules',
  'lists',
  'search',
  'month',
  'no such call',
  'sign in',
] as const;
export type PageName = (typeof pageNames)[number];
