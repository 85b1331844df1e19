import { rememberLast, yesNoTest } from '../logic/answer.ts';
import { ask } from '../logic/formula.ts';
import { anyOf, is } from '../logic/logic.ts';
import { defineCondition } from './condition.ts';
import { compileTextMatch, describeTextMatch, folded, textMatch } from './text-match.ts';

/** `caller: { name: { contains: warranty } }`: the display name, which the caller chose freely. */
export const displayName = defineCondition({
  path: ['caller', 'name'],
  schema: textMatch,
  about:
    'The display name, which the caller chose freely: equals or contains a text, or matches an RE2 expression. Capital and small letters are the same.',
  example: "caller: { name: { contains: [warranty, 'final notice'], matches: '^v[0-9]{5,}' } }",
  compile(asked, context) {
    const fits = compileTextMatch(asked, context);
    const test = yesNoTest(`caller name ${describeTextMatch(asked)}`, ({ caller }) =>
      fits(caller.displayName),
    );
    return ask(
      rememberLast(test),
      anyOf(
        (['equals', 'contains', 'matches'] as const).flatMap((how) =>
          (asked[how] ?? []).map((text) =>
            is({ about: 'name', how, text: how === 'matches' ? text : folded(text) }),
          ),
        ),
      ),
    );
  },
});
