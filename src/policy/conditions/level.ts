import type { LevelFacts } from '../../call/facts.ts';
import { type AttackLevel, attackLevels } from '../../call/vocabulary.ts';
import { wordRemedy } from '../../text/spelling.ts';
import { answer, answerUnknown, type Test, yesNoTest } from '../logic/answer.ts';
import { ask } from '../logic/formula.ts';
import { is, type LevelOf, notOf } from '../logic/logic.ts';
import { mapping, text, word, yesOrNo } from '../yaml/schema-words.ts';
import { defineCondition } from './condition.ts';

/** What a level can be of, besides a list of called numbers. */
const levelOf = ['board', 'called-number', 'department'] as const;
const above = attackLevels.words.slice(1) as [AttackLevel, ...AttackLevel[]];

const notWatched = 'attack levels were not known when the call came';

/** `level: { at-least: elevated, of: department }`: how far this number, its department or the whole switchboard is under attack. */
export const level = defineCondition({
  path: ['level'],
  schema: mapping('level', {
    'at-least': word('at-least', above),
    of: text(
      'of',
      /^[a-z][a-z0-9-]{0,47}$/,
      `write ${levelOf.join(', ')}, or the name of a list of called numbers`,
    ).optional(),
  }),
  about:
    'The attack level is at least this: elevated or attack. of: board (the whole switchboard), called-number (the number that was dialed), department (any list of called numbers that it is on, and that rules name under called: in or here), or the name of such a list; left out: the highest of them. Levels come from campaigns and from unknown callers who do not pass (settings: attack-levels), or are set by hand (gatehouse level).',
  example: 'level: { at-least: elevated, of: department }',
  compile({ 'at-least': atLeast, of = 'any' }, context) {
    const isList = of !== 'any' && !(levelOf as readonly string[]).includes(of);
    if (isList && !context.lists.has(of)) {
      const remedy = wordRemedy(of, [...levelOf, ...context.lists.keys()], 'words and lists');
      context.refuse(['of'], `there is no list "${of}"`, remedy, 'unknown-list');
    }
    const whose: LevelOf = isList ? `list:${of}` : (of as LevelOf);
    const question = `level ${whose === 'any' ? '' : `of ${of} `}at least ${atLeast}`;
    const yes = answer(question, true);
    const no = answer(question, false);
    const missing = answerUnknown({ question, fact: 'attack level', why: notWatched });
    const { rank } = attackLevels.all[atLeast];
    const test: Test = ({ site }) => {
      if (site?.levels === undefined) return missing;
      return levelsFor(site.levels, whose).some(
        (one) => one !== undefined && attackLevels.has(one) && attackLevels.all[one].rank >= rank,
      )
        ? yes
        : no;
    };
    return ask(test, is({ about: 'level', atLeast, of: whose }));
  },
});

function levelsFor(
  { board, called, departments = {} }: LevelFacts,
  of: LevelOf,
): readonly (AttackLevel | undefined)[] {
  switch (of) {
    case 'any':
      return [board, called, ...Object.values(departments)];
    case 'board':
      return [board];
    case 'called-number':
      return [called];
    case 'department':
      return Object.values(departments);
    default:
      return [departments[of.slice('list:'.length)]];
  }
}

/** `call-back-surge: true`: the dialed number was forged, and its victims call back. */
export const callBackSurge = defineCondition({
  path: ['call-back-surge'],
  schema: yesOrNo('call-back-surge'),
  about:
    'Somebody forged the number that was dialed, and people call it back: many different unknown callers to one number, few of whom we dialed and few of whom call again, and most of whom press keys (settings: attack-levels; by hand: gatehouse level). Recognized only after a day of watching what is usual.',
  example: 'call-back-surge: true',
  compile(asked) {
    const question = `a call-back surge on the called number is ${asked ? 'on' : 'not on'}`;
    const known = yesNoTest(question, ({ site }) => (site?.callBackSurge === true) === asked);
    const missing = answerUnknown({ question, fact: 'call-back surge', why: notWatched });
    const on = is({ about: 'call-back-surge' });
    return ask(
      (facts) => (facts.site?.levels === undefined ? missing : known(facts)),
      asked ? on : notOf(on),
    );
  },
});
