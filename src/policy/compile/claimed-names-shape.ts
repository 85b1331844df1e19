import { z } from 'zod';
import { longestName, type NamesByGroup } from '../claimed-names.ts';
import type { Problem } from '../problem.ts';
import { mapping, shown, text, twoLines } from '../yaml/schema-words.ts';
import { problemsOfShape } from '../yaml/shape-problems.ts';
import type { YamlSource } from '../yaml/yaml-source.ts';

const mostNames = 2000;

export const claimGroup = text(
  'the group of names',
  /^[a-z][a-z0-9-]{0,47}$/,
  'write small letters, digits and hyphens: agency',
);

const name = z
  .string({ error: twoLines('a claimed name must be text', 'write it in quotes if need be') })
  .max(longestName, { error: twoLines('the name is too long', `write at most ${longestName} characters`) })
  .refine((written) => (written.match(/[\p{L}\p{N}]/gu) ?? []).length >= 3, {
    error: ({ input }) =>
      twoLines(
        `${shown(input)} is too short: too many callers have it in their name`,
        'write three letters or more',
      ),
  });

/** Shape of claimed-names.yaml. */
export const claimedNamesShape = mapping('the claimed names', {
  names: z
    .record(
      z.string(),
      z.array(name, { error: twoLines('the names must be a list', 'write agency: [IRS]') }),
      {
        error: twoLines('names must be groups of names', 'write agency: [IRS, Medicare]'),
      },
    )
    .superRefine((groups, context) => {
      for (const group of Object.keys(groups)) {
        const issue = claimGroup.safeParse(group).error?.issues[0];
        if (issue) context.addIssue({ code: 'custom', path: [group], message: issue.message });
      }
      const count = Object.values(groups).reduce((sum, names) => sum + names.length, 0);
      if (count > mostNames)
        context.addIssue({
          code: 'custom',
          message: twoLines(`there are ${count} names`, `at most ${mostNames} are looked for`),
        });
    })
    .describe(
      'Names by group, for caller: { claims: agency }. Capitals, accents, punctuation and spaces make no difference; a name is found at whole words only.',
    ),
});

/** @param source undefined: there is no such file, and nobody is looked for */
export function compileClaimedNames(source: YamlSource | undefined): {
  readonly names: NamesByGroup;
  readonly problems: readonly Problem[];
} {
  if (source === undefined) return { names: {}, problems: [] };
  if (source.data === undefined) return { names: {}, problems: source.problems };
  const parsed = claimedNamesShape.safeParse(source.data);
  if (!parsed.success) return { names: {}, problems: problemsOfShape(parsed.error, source) };
  return { names: parsed.data.names, problems: [] };
}
