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
  const [message = '', remedy] = issue.message.split('\n');
  const key = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const place = key === undefined ? source.at(path) : source.atKey(path, key);
  const code = issue.code === 'unrecognized_keys' ? 'unknown-key' : 'wrong-value';
  return {
    severity: 'error',
    ...place,
    message: remedy === undefined ? `${path.join('.')}: ${message}` : message,
    remedy: remedy ?? 'see docs/decisions/0002-rule-language.md',
    code,
  };
}
