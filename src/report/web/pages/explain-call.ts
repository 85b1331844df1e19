import type { Explanation } from '../../../policy/explanation.ts';
import type { Place } from '../../../policy/problem.ts';
import type { Decision, Verdict } from '../../../policy/verdict.ts';
import type { Outcome } from '../../../screening/outcome.ts';
import { callAddress } from '../address.ts';
import { type Html, html } from '../html.ts';
import type { PageNumbers } from '../page-numbers.ts';
import { facts, table } from '../table.ts';
import { moment } from '../when.ts';
import { verdictWords } from '../words.ts';
import { placeInFile } from './rule-place.ts';

/** Why one call was decided so by the policy in force, or would be, and what nearly decided it. */
export function explainCallPage(outcome: Outcome, explanation: Explanation, numbers: PageNumbers): Html {
  const { facts: known, callId } = outcome;
  const { decision, nearMisses, missingFacts } = explanation;
  const text = (words: string) => numbers.words(words, callId);
  return html`<p class="crumbs"><a href="/calls">Calls</a> / <a href="${callAddress(callId)}">This call</a></p>
<div class="heading"><div><h1>Why this call was decided so</h1>
<p class="about">From ${numbers.caller(known.caller, callId)} to ${numbers.number(known.called.number ?? known.called.raw, callId)}, ${moment(known.now)}</p></div></div>
${whichPolicy(outcome, decision, text)}
<section aria-labelledby="h-verdict"><h2 id="h-verdict">Verdict</h2>${verdict(explanation, text)}</section>
<section aria-labelledby="h-near"><h2 id="h-near">Near misses</h2>${table({
    caption: 'Rules above it of which all but one condition held',
    columns: [{ title: 'Rule' }, { title: 'Would match if this held', words: true }],
    rows: nearMisses.map(({ rule, place, failed }) => [ruleAt(rule, place), text(failed)]),
    empty: 'No other rule was near: each had several conditions that did not hold, or only one.',
  })}</section>
${
  missingFacts.length > 0 &&
  html`<section aria-labelledby="h-unknown"><h2 id="h-unknown">What nobody knew</h2>${table({
    caption: 'Rules that could not match, because they ask what was not known of this call',
    columns: [{ title: 'Rule' }, { title: 'Not known', words: true }],
    rows: missingFacts.map(({ rule, place, because }) => [ruleAt(rule, place), text(because)]),
    empty: '',
  })}</section>`
}
<section aria-labelledby="h-trace"><h2 id="h-trace">Rule by rule</h2>${trace(explanation, text)}</section>`;
}

type Words = (words: string) => Html;

function whichPolicy({ decision: then, facts: known }: Outcome, now: Decision, text: Words): Html {
  const recorded =
    then === null
      ? html`It never met the policy when it came. This is what policy ${now.policyVersion}, in force now, would have said.`
      : then.policyVersion === now.policyVersion
        ? html`It was decided by policy ${now.policyVersion}, which is in force still.`
        : html`When it came, rule <code>${then.rule}</code> of policy ${then.policyVersion} said: ${text(verdictWords(then.verdict))}. This is what policy ${now.policyVersion}, in force now, makes of the same facts.`;
  return html`<p>${recorded}</p>
${known.noHistoryReason !== null && html`<p class="notice warn">What was known of earlier calls was missing (${known.noHistoryReason}).</p>`}
${known.caller.number?.startsWith('p_') && html`<p class="notice">The caller is kept by a pseudonym: what asks for the number itself, lists among it, cannot hold here.</p>`}`;
}

function verdict({ decision, about, place }: Explanation, text: Words): Html {
  const { rule, reason, listedName, monitored } = decision;
  const would = monitored.find((one) => one.rule === rule);
  return facts([
    ['Verdict', html`<strong>${text(verdictWords(decision.verdict))}</strong>`],
    ...ways(decision.verdict, text),
    [
      'Monitor mode',
      would && html`the whole board is in it; else it would be: ${text(verdictWords(would.verdict))}`,
    ],
    [
      'Rule',
      html`${ruleAt(rule, place)}${about !== null && html`<span class="under prose">${about}</span>`}`,
    ],
    ['Because', text(reason)],
    ['Name on the list', listedName === null ? null : text(listedName)],
  ]);
}

function ways(verdict: Verdict, text: Words): readonly (readonly [string, Html])[] {
  if (verdict.kind !== 'challenge') return [];
  const { passed, failed, silent } = verdict;
  return [
    ['If passed', text(verdictWords(passed))],
    ['If wrong', text(verdictWords(failed))],
    ['If silent', text(verdictWords(silent))],
  ];
}

function trace({ decision, trace: entries }: Explanation, text: Words): Html {
  const would = new Map(decision.monitored.map((one) => [one.rule, one.verdict]));
  return table({
    caption: 'Rules that were looked at, in order',
    captionHidden: true,
    columns: [{ title: 'Rule' }, { title: 'Matched' }, { title: 'Because', words: true }],
    rows: entries.map(({ rule, place, mode, matched, because }) => {
      const verdict = mode === 'monitor' && matched ? would.get(rule) : undefined;
      const answer = mode === 'monitor' ? 'monitored' : html`<strong>yes</strong>`;
      return [
        ruleAt(rule, place),
        matched ? answer : html`<span class="quiet">no</span>`,
        html`${text(because)}${verdict !== undefined && html`<span class="under">would have said: ${text(verdictWords(verdict))}</span>`}`,
      ];
    }),
    empty: 'No rule was looked at.',
  });
}

function ruleAt(id: string, place: Place | null): Html {
  return html`<code>${id}</code>${place !== null && html` ${placeInFile({ place })}`}`;
}
