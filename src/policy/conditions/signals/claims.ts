import { z } from 'zod';
import { wordRemedy } from '../../../text/spelling.ts';
import { claimedNamesFile } from '../../claimed-names.ts';
import { claimGroup } from '../../compile/claimed-names-shape.ts';
import { answer, rememberLast } from '../../logic/answer.ts';
import { ask } from '../../logic/formula.ts';
import { anyOf, is, notOf } from '../../logic/logic.ts';
import { oneOrMore, twoLines } from '../../yaml/schema-words.ts';
import { defineCondition } from '../condition.ts';

/** `caller: { claims: agency }`: the display name says IRS, Medicare, sheriff. */
export const claims = defineCondition({
  path: ['caller', 'claims'],
  schema: z.union([z.boolean(), oneOrMore(claimGroup)], {
    error: twoLines(
      'claims cannot be this',
      `write true (any name of ${claimedNamesFile}), false (none) or its groups: [agency, police]`,
    ),
  }),
  about:
    'The display name contains a name of these groups of claimed-names.yaml: agencies, police, charities, your own brands. Capitals, accents, punctuation and look-alike letters make no difference. true: of any group; false: of none. A genuine agency may show its name too: ask its verification beside it.',
  example: 'caller: { claims: [agency, police] }',
  compile(asked, { claimedNames, refuse }) {
    const groups = typeof asked === 'boolean' ? null : asked;
    const known = claimedNames.groups;
    for (const [index, group] of (groups ?? []).entries())
      if (!known.includes(group))
        refuse(
          [index],
          `${claimedNamesFile} has no group "${group}"`,
          known.length === 0
            ? `put ${claimedNamesFile} beside policy.yaml; the shipped rules/ has one`
            : wordRemedy(group, known, 'groups'),
          'unknown-claim',
        );
    if (groups === null && known.length === 0)
      refuse(
        [],
        'there are no names to be claimed',
        `put ${claimedNamesFile} beside policy.yaml; the shipped rules/ has one`,
        'unknown-claim',
      );
    const wanted = groups === null ? null : new Set(groups);
    const question =
      wanted === null
        ? `caller name claims ${asked ? 'to be somebody' : 'to be nobody'}`
        : `caller name claims to be ${[...wanted].join(' or ')}`;
    const no = answer(question, false);
    const yes = answer(question, true);
    const any = is({ about: 'claimed-name', group: null });
    return ask(
      rememberLast(({ caller }) => {
        const found = claimedNames.find(caller.displayName);
        const claim = wanted === null ? found[0] : found.find(({ group }) => wanted.has(group));
        if (asked === false) return claim === undefined ? yes : no;
        if (claim === undefined) return no;
        return { holds: 'yes', because: `${question}: yes (${claim.name})`, listed: null };
      }),
      wanted === null
        ? asked
          ? any
          : notOf(any)
        : anyOf([...wanted].map((group) => is({ about: 'claimed-name', group }))),
    );
  },
});
