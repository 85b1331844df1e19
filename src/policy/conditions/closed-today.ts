import { z } from 'zod';
import { type CallFacts, everyCalendar } from '../../call/facts.ts';
import { wordRemedy } from '../../text/spelling.ts';
import { yesNoTest } from '../logic/answer.ts';
import { ask } from '../logic/formula.ts';
import { anyOf, is, type Logic, notOf } from '../logic/logic.ts';
import { calendarName } from '../time/time-words.ts';
import { oneOrMore, twoLines } from '../yaml/schema-words.ts';
import { type CompileContext, defineCondition } from './condition.ts';

const howToWrite = 'write true (something is closed by hand), false (nothing is) or the names of calendars';

/** `closed-today: true`, `closed-today: office-hours`: what staff closed by hand (`gatehouse close`). */
export const closedToday = defineCondition({
  path: ['closed-today'],
  schema: z.union([z.boolean(), oneOrMore(calendarName)], {
    error: twoLines('closed-today cannot be this', howToWrite),
  }),
  about:
    'Staff closed this calendar, or all, by hand (gatehouse close), as on a snow day; true: anything is closed so, false: nothing is. Conditions on the hours of a closed calendar are not true either.',
  example: 'closed-today: true',
  compile(asked, context) {
    if (typeof asked === 'boolean') {
      const any = is({ about: 'closed', calendar: null });
      const question = asked ? 'something is closed by hand' : 'nothing is closed by hand';
      return ask(
        yesNoTest(question, ({ site }) => (site?.closed !== undefined) === asked),
        asked ? any : notOf(any),
      );
    }
    for (const [index, name] of asked.entries()) checkCalendar(name, [index], context);
    return ask(
      yesNoTest(`${asked.join(' or ')} is closed by hand`, (facts) =>
        asked.some((name) => isClosedByHand(facts, name)),
      ),
      anyOf(asked.map(closedByHand)),
    );
  },
});

export function isClosedByHand({ site }: CallFacts, calendar: string): boolean {
  const closed = site?.closed;
  return closed !== undefined && (closed.includes(calendar) || closed.includes(everyCalendar));
}

export function closedByHand(calendar: string): Logic {
  return is({ about: 'closed', calendar });
}

/** Refuses a name that no calendar has. */
export function checkCalendar(
  name: string,
  path: readonly (string | number)[],
  context: CompileContext,
): void {
  if (context.calendars.has(name)) return;
  const remedy = wordRemedy(name, [...context.calendars.keys()], 'calendars');
  const where = 'calendars are declared under calendars: or in calendars/<name>.yaml';
  context.refuse(path, `there is no calendar "${name}"`, `${remedy}; ${where}`, 'unknown-calendar');
}
