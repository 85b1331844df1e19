import { z } from 'zod';
import type { LevelFacts, SiteFacts } from '../call/facts.ts';
import { type AttackLevel, attackLevels } from '../call/vocabulary.ts';

const scopeForm = /^(board|list:[a-z][a-z0-9-]{0,47}|\+[0-9]{2,20})$/;
/** What a level is of: `board`, a called number (E.164), or a list of called numbers, a department: `list:billing`. */
export type LevelScope = 'board' | `+${string}` | `list:${string}`;

export function isLevelScope(text: string): text is LevelScope {
  return scopeForm.test(text);
}

const scope = z.custom<LevelScope>((value) => typeof value === 'string' && isLevelScope(value));
const time = z.number().int();
const count = z.number().nonnegative();

const scopeLevel = z.object({
  scope,
  level: z.enum(attackLevels.words),
  since: time.describe('since when it is not calm'),
  changedAt: time.describe('since when it is at this level'),
  until: time.describe('when it ends unless it is renewed'),
  calls: count.describe('unknown callers of the window who did not pass, and members of campaigns'),
  passed: count.describe('unknown callers of the window who passed'),
  campaigns: z.array(z.string()),
  belowSince: time.nullable().describe('since when there are too few calls for this level'),
});
const callBackSurge = z.object({
  called: z.string(),
  since: time,
  until: time,
  callers: count.describe('different unknown callers since it began'),
  belowSince: time.nullable(),
});
const levelState = z.object({
  at: time,
  levels: z.array(scopeLevel),
  surges: z.array(callBackSurge),
});

/** One level above calm. Times are epoch ms. */
export type ScopeLevel = Readonly<z.output<typeof scopeLevel>>;
/** Our number was forged, and its victims call us back. Times are epoch ms. */
export type CallBackSurge = Readonly<z.output<typeof callBackSurge>>;

/** What is not calm, as the node that watches over it found. */
export interface LevelState {
  readonly at: number;
  readonly levels: readonly ScopeLevel[];
  readonly surges: readonly CallBackSurge[];
}

export const calmState: LevelState = { at: 0, levels: [], surges: [] };

/** As it was written into Redis; null: it is none of ours. */
export function readLevelState(text: string | null): LevelState | null {
  try {
    return levelState.parse(JSON.parse(text ?? ''));
  } catch {
    return null;
  }
}

/** A level, or a call-back surge, that staff set by hand. Times are epoch ms. */
export interface LevelByHand {
  readonly scope: LevelScope;
  /** `call-back-surge`: the called number was forged; `no-call-back-surge`: it was not. */
  readonly say: AttackLevel | 'call-back-surge' | 'no-call-back-surge';
  readonly since: number;
  readonly until: number;
  /** Login name of who set it. */
  readonly by: string;
  /** May be empty. */
  readonly reason: string;
}

/** Of a scope there is at most one level and one word on a surge: `level board`, `surge +13175550100`. */
export function byHandKey({ scope, say }: Pick<LevelByHand, 'scope' | 'say'>): string {
  return `${attackLevels.has(say) ? 'level' : 'surge'} ${scope}`;
}

export interface KnownLevels {
  readonly state: LevelState;
  readonly byHand: readonly LevelByHand[];
}

/** What holds at `now` (epoch ms): by hand before what was found, everything until its end. */
export interface LevelsNow {
  readonly levels: readonly (Omit<ScopeLevel, 'belowSince'> & { readonly by: string | null })[];
  readonly surges: readonly (Omit<CallBackSurge, 'belowSince'> & { readonly by: string | null })[];
}

export function levelsAt({ state, byHand }: KnownLevels, now: number): LevelsNow {
  // Not from when on: clocks of nodes differ, and it is said for now.
  const said = byHand.filter(({ until }) => now < until);
  const saidOf = (one: string, isSurge: boolean) =>
    said.find(({ scope, say }) => scope === one && say.endsWith('call-back-surge') === isSurge);
  // Calm for the whole board is calm everywhere; only what was set by hand beside it stands.
  const allCalm = saidOf('board', false)?.say === 'calm';
  const found = state.levels.filter(
    ({ scope, until }) => now < until && !allCalm && saidOf(scope, false) === undefined,
  );
  const surges = state.surges.filter(
    ({ called, until }) => now < until && saidOf(called, true) === undefined,
  );
  return {
    levels: [
      ...said.flatMap(({ scope, say, since, until, by }) =>
        attackLevels.has(say) && say !== 'calm'
          ? [{ scope, level: say, since, changedAt: since, until, calls: 0, passed: 0, campaigns: [], by }]
          : [],
      ),
      ...found.map((one) => ({ ...one, by: null })),
    ].sort((a, b) => attackLevels.all[b.level].rank - attackLevels.all[a.level].rank || a.since - b.since),
    surges: [
      ...said.flatMap(({ scope, say, since, until, by }) =>
        say === 'call-back-surge' ? [{ called: scope, since, until, callers: 0, by }] : [],
      ),
      ...surges.map((one) => ({ ...one, by: null })),
    ],
  };
}

/** What a call to this number has of it. @param called E.164; null: no public number  @param isOn whether it is on that list */
export function levelFacts(
  { levels, surges }: LevelsNow,
  called: string | null,
  isOn: (list: string, called: string) => boolean,
): Pick<SiteFacts, 'levels' | 'callBackSurge'> {
  const of = (wanted: string) => levels.find(({ scope }) => scope === wanted)?.level;
  const board = of('board');
  const own = called === null ? undefined : of(called);
  const departments = Object.fromEntries(
    levels.flatMap(({ scope, level }) => {
      const list = scope.startsWith('list:') ? scope.slice('list:'.length) : null;
      return list !== null && called !== null && isOn(list, called) ? [[list, level]] : [];
    }),
  );
  const facts: LevelFacts = {
    ...(board !== undefined && { board }),
    ...(own !== undefined && { called: own }),
    ...(Object.keys(departments).length > 0 && { departments }),
  };
  const isSurge = called !== null && surges.some((one) => one.called === called);
  return { levels: facts, ...(isSurge && { callBackSurge: true }) };
}

/** The highest of them. */
export function highestLevel(levels: Iterable<AttackLevel | undefined>): AttackLevel {
  let highest: AttackLevel = 'calm';
  for (const level of levels)
    if (level !== undefined && attackLevels.all[level].rank > attackLevels.all[highest].rank) highest = level;
  return highest;
}
