import { defineCondition, yesNoTest } from './condition.ts';
import { compileTextMatch, describeTextMatch, textMatch } from './text-match.ts';

/** `caller: { name: { contains: warranty } }`: the display name, which the caller chose freely. */
export const displayName = defineCondition({
  path: ['caller', 'name'],
  schema: textMatch,
  compile(asked, context) {
    const fits = compileTextMatch(asked, context);
    return yesNoTest(`caller name ${describeTextMatch(asked)}`, ({ caller }) => fits(caller.displayName));
  },
});
