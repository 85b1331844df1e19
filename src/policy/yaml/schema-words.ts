import { z } from 'zod';
import { wordRemedy } from '../../text/spelling.ts';

/**
 * Building blocks of the rule files' shape. Their messages are two lines, what is wrong and the remedy, because zod
 * carries one text with an issue.
 */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

export function twoLines(message: string, remedy: string): string {
  return `${message}\n${remedy}`;
}

/** A mapping that takes these keys and no other. */
export function mapping<T extends z.ZodRawShape>(what: string, shape: T) {
  const keys = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code === 'unrecognized_keys') {
        const unknown = issue.keys.map((key) => `"${key}"`).join(', ');
        // No key has a blank: it is a piece of a text.
        const isText = issue.keys.some((key) => / /.test(key));
        return twoLines(
          `${what} has no ${unknown}`,
          `${isText ? 'put a text that has a comma or a colon in quotes; ' : ''}${wordRemedy(issue.keys[0], keys)}`,
        );
      }
      return twoLines(
        `${what} must be keys and values, not ${shown(issue.input)}`,
        `keys: ${keys.join(', ')}`,
      );
    },
  });
}

/** One of these words. */
export function word<const T extends readonly [string, ...string[]]>(what: string, words: T) {
  return z.enum(words, {
    error: (issue) =>
      twoLines(
        issue.input === undefined ? `${what} is missing` : `${what} cannot be ${shown(issue.input)}`,
        wordRemedy(issue.input, words),
      ),
  });
}

/** Text of one line that fits the pattern; a number is taken as its digits. */
export function text(what: string, pattern: RegExp, remedy: string) {
  const error = (issue: { input?: unknown }) =>
    twoLines(
      issue.input === undefined ? `${what} is missing` : `${what} cannot be ${shown(issue.input)}`,
      remedy,
    );
  return z
    .union([z.string(), z.number()], { error })
    .transform(String)
    .pipe(z.string().regex(pattern, { error, abort: true }))
    .meta({ pattern: pattern.source });
}

/** One value or a list of them. */
export function oneOrMore<T extends z.ZodType>(item: T) {
  const error = twoLines('the list is empty', 'write at least one value, or leave the key out');
  return z.union([z.array(item).min(1, { error }), item.transform((value) => [value])]);
}

/** `10m`, `1h30m`, `30d`; in ms. */
export function duration(what: string, minMs: number, maxMs: number, range: string) {
  const remedy = `write a duration from ${range}: days, hours, minutes, seconds as in 30d, 1h30m, 10m, 6s`;
  const error = (issue: { input?: unknown }) => twoLines(`${what} cannot be ${shown(issue.input)}`, remedy);
  return z
    .string({ error })
    .transform((written, context) => {
      const ms = parseDurationMs(written);
      if (ms !== null && ms >= minMs && ms <= maxMs) return ms;
      context.addIssue({ code: 'custom', message: error({ input: written }) });
      return z.NEVER;
    })
    .meta({ pattern: durationPattern.source });
}

export function wholeNumber(what: string, min: number, max: number) {
  const error = (issue: { input?: unknown }) =>
    twoLines(`${what} cannot be ${shown(issue.input)}`, `write a whole number from ${min} to ${max}`);
  return z.int({ error }).min(min, { error }).max(max, { error });
}

export function yesOrNo(what: string) {
  return z.boolean({
    error: (issue) => twoLines(`${what} cannot be ${shown(issue.input)}`, 'write true or false'),
  });
}

const unitMs: Record<string, number> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 };

export const durationPattern = /^(?=\d)(\d{1,4}d)?(\d{1,4}h)?(\d{1,4}m)?(\d{1,5}s)?$/;

/** `30d`, `1h30m`, `6s` to ms; units in falling order, each once. Null when it is not a duration. */
export function parseDurationMs(text: string): number | null {
  if (!durationPattern.test(text)) return null;
  let ms = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)([dhms])/g))
    ms += Number(count) * (unitMs[unit ?? ''] ?? 0);
  return ms;
}
