import { Dice } from './dice.ts';
import { figuresOf, type MonthFigures } from './figures.ts';
import { planMonth } from './plan.ts';
import { playMonth } from './play.ts';
import { loadedRules, siteRules } from './site-rules.ts';
import { type Signal, SiteWatch } from './watch.ts';

export interface MonthTask {
  readonly seed: number;
  /** Signals that are switched off. */
  readonly without: readonly Signal[];
  /** Days that are played, from 0 on; `to` is not. Left out: all. */
  readonly days?: { readonly from: number; readonly to: number } | undefined;
}

/** One month from its plan to its figures. */
export async function runMonth({ seed, without, days }: MonthTask): Promise<MonthFigures> {
  const plan = planMonth(seed);
  await using site = await siteRules(plan);
  const policy = await loadedRules(site.dir);
  const off = new Set(without);
  const watch = new SiteWatch(policy, off);
  const dice = new Dice(`callers of ${seed}`);
  const played = await playMonth({ plan, policy, watch, without: off, dice, ...(days && { days }) });
  return figuresOf({
    seed,
    played: watch.assigned(played),
    campaigns: watch.campaigns(),
    begin: plan.calendar.at(0, 0),
    minutesAt: watch.minutes(),
  });
}
