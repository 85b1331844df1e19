import { attackLevels } from '../call/vocabulary.ts';
import type { LevelsNow } from '../levels/level-state.ts';
import type { Variable } from '../policy/logic/logic.ts';
import type { Policy } from '../policy/policy.ts';
import { variablesIn } from '../policy/proof/theory.ts';
import type { Health } from '../report/api/health.ts';
import type { LevelsWork } from '../report/web/page-deps.ts';
import type { LivePolicy } from '../rules/live-policy.ts';
import type { RecordKeeping } from './record-keeping.ts';

interface LevelRule {
  readonly rule: string;
  readonly about: string | null;
  /** What it asks of levels. */
  readonly asked: readonly Variable[];
}

/** A policy never changes, and may have twenty thousand rules. */
const known = new WeakMap<Policy, readonly LevelRule[]>();

/** What is not calm, and the rules that answer it. */
export function levelsOf({ levels, surges }: LevelsNow, policy: Policy): Health['levels'] {
  const highest = Math.max(0, ...levels.map(({ level }) => attackLevels.all[level].rank));
  const answers = (one: Variable) =>
    one.about === 'level' ? attackLevels.all[one.atLeast].rank <= highest : surges.length > 0;
  const isCarriedOut = policy.settings.mode === 'enforce' && levels.length + surges.length > 0;
  const measures = isCarriedOut ? rulesOf(policy).filter(({ asked }) => asked.some(answers)) : [];
  return {
    above: levels.map(({ scope, ...one }) => ({ of: scope, ...one })),
    surges,
    measures: measures.map(({ rule, about }) => ({ rule, about })),
  };
}

/** Ids of the rules that ask for levels or surges and are carried out. */
export function levelRules(policy: Policy): ReadonlySet<string> {
  return new Set(rulesOf(policy).map(({ rule }) => rule));
}

/** For the page of levels. This node follows at once, others within seconds. */
export function levelsWork(
  { levels, levelsByHand }: Pick<RecordKeeping, 'levels' | 'levelsByHand'>,
  policy: LivePolicy,
): LevelsWork {
  return {
    departments: () => policy.current().departments,
    isAsked: () => levelRules(policy.current()).size > 0,
    list: (now) => levelsByHand.list(now),
    async set(said, now) {
      await levelsByHand.set(said, now);
      await levels.read();
    },
    async end(one) {
      const isEnded = await levelsByHand.endOne(one);
      await levels.read();
      return isEnded;
    },
  };
}

function rulesOf(policy: Policy): readonly LevelRule[] {
  const found =
    known.get(policy) ??
    policy.rules.flatMap(({ id, about, formula, mode }): LevelRule[] => {
      const asked = variablesIn(formula).filter(
        (one) => one.about === 'level' || one.about === 'call-back-surge',
      );
      return mode === 'enforce' && asked.length > 0 ? [{ rule: id, about, asked }] : [];
    });
  known.set(policy, found);
  return found;
}
