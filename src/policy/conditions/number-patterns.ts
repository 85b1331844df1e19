import { NumberMap } from '../number-map.ts';
import { type NumberPattern, parseNumberPattern } from '../number-pattern.ts';
import { oneOrMore, text } from '../schema-words.ts';
import type { CompileContext } from './condition.ts';

export const numberPatterns = oneOrMore(
  text(
    'the number',
    /^.{2,80}$/,
    'write a number ("+1 317 555 0123"), a prefix ("+1317555*") or a range with ..',
  ),
);

/** Numbers, prefixes and ranges of a rule; one that cannot be read is refused. */
export function compilePatterns(
  written: readonly string[],
  context: CompileContext,
): { readonly patterns: readonly NumberPattern[]; readonly numbers: NumberMap<true> } {
  const patterns = written.flatMap((item, index) => {
    const result = parseNumberPattern(item, context.defaultRegion);
    if ('pattern' in result) return [result.pattern];
    context.refuse([index], result.message, result.remedy, 'bad-number');
    return [];
  });
  return { patterns, numbers: new NumberMap(patterns.map((pattern) => [pattern, true] as const)) };
}
