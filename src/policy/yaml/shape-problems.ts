import type { z } from 'zod';
import type { Problem } from '../problem.ts';
import type { YamlSource } from './yaml-source.ts';

type Issue = z.core.$ZodIssue;

/** Every zod issue as a problem with its place. The schema's messages carry the remedy on their second line. */
export function problemsOfShape(error: z.ZodError, source: YamlSource): Problem[] {
  const issues = error.issues.flatMap(flatten);
  const misspelt = new Set(issues.filter(isUnknownKey).map(({ path }) => path.join('\n')));
  return (
    issues
      // A mapping whose only key is misspelt is not empty as well.
      .filter((issue) => issue.code !== 'custom' || !misspelt.has(issue.path.join('\n')))
      .map((issue) => problemOf(issue, source))
  );
}

function isUnknownKey({ code }: Issue): boolean {
  return code === 'unrecognized_keys';
}

/** Of a union, the issues of the alternative that was most probably meant. */
function flatten(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const ranked = issue.errors.map((issues) => ({ issues, rank: wrongness(issues) }));
  const best = ranked.reduce<{ issues: readonly Issue[]; rank: number } | null>(
    (found, one) => (found === null || one.rank <= found.rank ? one : found),
    null,
  );
  const hasOwnWords = issue.message.includes('\n');
  if (!best || (best.rank === 2 && hasOwnWords)) return [issue];
  return best.issues.flatMap((inner) => flatten({ ...inner, path: [...issue.path, ...inner.path] }));
}

/** 0: wrong somewhere inside; 1: the right kind of value, not the right one; 2: another kind of value. */
function wrongness(issues: readonly Issue[]): number {
  const root = issues.find((issue) => issue.path.length === 0 && issue.code !== 'unrecognized_keys');
  if (!root) return 0;
  return root.code === 'invalid_type' ? 2 : 1;
}

function problemOf(issue: Issue, source: YamlSource): Problem {
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  const [message = '', remedy = ''] = (issue.message.includes('\n') ? issue.message : ownWords(issue)).split(
    '\n',
  );
  const key = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const place = key === undefined ? source.at(path) : source.atKey(path, key);
  const code = issue.code === 'unrecognized_keys' ? 'unknown-key' : 'wrong-value';
  return {
    severity: 'error',
    ...place,
    message,
    remedy,
    code,
  };
}

const kinds: Readonly<Record<string, string>> = {
  string: 'text\nwrite a text, in quotes if need be',
  array: 'a list\nwrite values in brackets: [first, second]',
  record: 'keys and values\nwrite key: value, one in a line, indented below it',
  object: 'keys and values\nwrite key: value, one in a line, indented below it',
  boolean: 'true or false\nwrite true or false',
};

/** For a shape that has no words of its own: message and remedy. */
function ownWords(issue: Issue): string {
  const what = issue.path.filter((part) => typeof part === 'string').at(-1) ?? 'this';
  if (issue.code === 'invalid_type')
    return issue.message.endsWith('received undefined')
      ? `${what} is missing\nwrite it, as docs/rules.md has it`
      : `${what} must be ${kinds[issue.expected] ?? `another value\nsee ${what} in docs/rules.md`}`;
  if (issue.code === 'invalid_value')
    return `${what} cannot be this\nallowed: ${issue.values.map(String).join(', ')}`;
  return `${what} cannot be used as it is written\nsee ${what} in docs/rules.md`;
}
