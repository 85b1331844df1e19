import { NumberMap } from '../../numbers/number-map.ts';
import { type NumberPattern, parseCallerPattern, parseNumberPattern } from '../../numbers/number-pattern.ts';
import { listedNumberTest, yesNoTest } from '../logic/answer.ts';
import { ask } from '../logic/formula.ts';
import { anyOf, is } from '../logic/logic.ts';
import { oneOrMore, text } from '../yaml/schema-words.ts';
import { type CompileContext, defineCondition } from './condition.ts';

const numberPatterns = oneOrMore(
  text(
    'the number',
    /^.{2,80}$/,
    'write a number ("+1 317 555 0123"), a prefix ("+1317555*") or a range with ..',
  ),
);

/** Numbers, prefixes and ranges of a rule; one that cannot be read is refused. */
function compilePatterns(
  written: readonly string[],
  context: CompileContext,
  parse = parseNumberPattern,
): { readonly patterns: readonly NumberPattern[]; readonly numbers: NumberMap<true> } {
  const patterns = written.flatMap((item, index) => {
    const result = parse(item, context.defaultRegion);
    if ('pattern' in result) return [result.pattern];
    context.refuse([index], result.message, result.remedy, 'bad-number');
    return [];
  });
  return { patterns, numbers: new NumberMap(patterns.map((pattern) => [pattern, true] as const)) };
}

/** `caller: { number: "+1317555*" }`: the caller number is one of these, or in a prefix or range. */
export const callerNumber = defineCondition({
  path: ['caller', 'number'],
  schema: numberPatterns,
  about:
    'The caller number is one of these, or lies in a prefix or a range. Short codes: "911", "short:24273".',
  example: 'caller: { number: ["+1317555*", "+13175550100..+13175550109"] }',
  compile(asked, context) {
    const { patterns, numbers } = compilePatterns(asked, context, parseCallerPattern);
    return ask(
      listedNumberTest(
        `caller number is ${asked.join(' or ')}`,
        (number) => numbers.find(number) !== undefined,
      ),
      anyOf(patterns.map((pattern) => is({ about: 'caller-pattern', pattern }))),
    );
  },
});

/** `called: { number: "+13175550100" }`: the number that was dialed is one of these, or in a prefix or range. */
export const calledNumber = defineCondition({
  path: ['called', 'number'],
  schema: numberPatterns,
  about: 'The number that was dialed is one of these, or lies in a prefix or a range.',
  example: 'called: { number: "+13175550100" }',
  compile(asked, context) {
    const { patterns, numbers } = compilePatterns(asked, context);
    return ask(
      yesNoTest(
        `called number is ${asked.join(' or ')}`,
        ({ called }) => called.number !== null && numbers.find(called.number) !== undefined,
      ),
      anyOf(patterns.map((pattern) => is({ about: 'called-pattern', pattern }))),
    );
  },
});
