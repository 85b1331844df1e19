import { calledText } from '../../../call/facts.ts';
import type { Outcome } from '../../../call/outcome.ts';
import { verdictWords } from '../../../call/sentences.ts';
import type { Decision, Verdict } from '../../../call/verdict.ts';
import type { Explanation } from '../../../policy/explanation.ts';
import type { Place } from '../../../policy/problem.ts';
import { callAddress } from '../address.ts';
import { type Html, html } from '../html.ts';
import type { PageNumbers } from '../page-numbers.ts';
import { facts, placeInFile, table } from '../table.ts';
import { moment } from '../times.ts';

/** Why the policy in force decides a call as it does, and which rules nearly matched. */
export function explainCallPage(outcome: Outcome, explanation: Explanation, numbers: PageNumbers): Html {
  const { facts: known, callId } = outcome;
  const { decision } = explanation;
  const text = (words: string) => numbers.words(words, callId);
  return html`<p class="crumbs"><a href="/calls">Calls</a> / <a href="${callAddress(callId)}">This call</a></p>
<div class="heading"><div><h1>Why this decision was made</h1>
<p class="about">From ${numbers.caller(known.caller, callId)} to ${numbers.calledInline(calledText(known.called))}, ${moment(known.now)}</p></div></div>
${whichPolicy(outcome, decision, text)}
${explanationSections(explanation, text)}`;
}

/** Verdict, near misses, what was missing, and each rule that was looked at. */
export function explanationSections(explanation: Explanation, text: Words): Html {
  const { nearMisses, missingFacts } = explanation;
  return html`<section aria-labelledby="h-verdict"><h2 id="h-verdict">Verdict</h2>${verdict(explanation, text)}</section>
<section aria-labelledby="h-near"><h2 id="h-near">Near misses</h2>${table({
    caption: 'Earlier rules in which all but one condition matched',
    columns: [{ title: 'Rule' }, { title: 'Would match if this were true', words: true }],
    rows: nearMisses.map(({ rule, place, failed }) => [ruleAt(rule, place), text(failed)]),
    empty: 'None: every other rule had several conditions that did not match, or only one condition.',
  })}</section>
${
  missingFacts.length > 0 &&
  html`<section aria-labelledby="h-unknown"><h2 id="h-unknown">Missing information</h2>${table({
    caption: 'Rules that could not match because information about this call was missing',
    columns: [{ title: 'Rule' }, { title: 'Missing', words: true }],
    rows: missingFacts.map(({ rule, place, because }) => [ruleAt(rule, place), text(because)]),
    empty: '',
  })}</section>`
}
<section aria-labelledby="h-trace"><h2 id="h-trace">Rule by rule</h2>${trace(explanation, text)}</section>`;
}

export type Words = (words: string) => Html;

function whichPolicy({ decision: then, facts: known }: Outcome, now: Decision, text: Words): Html {
  const recorded =
    then === null
      ? html`No rule was evaluated when the call arrived. Policy ${now.policyVersion}, now in force, would have decided as follows.`
      : then.policyVersion === now.policyVersion
        ? html`Decided by policy ${now.policyVersion}, which is still in force.`
        : html`At the time, rule <code>${then.rule}</code> of policy ${then.policyVersion} decided: ${text(verdictWords(then.verdict))}. Below is what policy ${now.policyVersion}, now in force, decides on the same facts.`;
  return html`<p>${recorded}</p>
${known.noHistoryReason !== null && html`<p class="notice warn">The caller’s history was not available (${known.noHistoryReason}).</p>`}
${known.caller.number?.startsWith('p_') && html`<p class="notice">The caller’s number is stored as a pseudonym, so conditions on the number itself, including lists, cannot match here.</p>`}`;
}

function verdict({ decision, about, place }: Explanation, text: Words): Html {
  const { rule, reason, listedName, monitored } = decision;
  const would = monitored.find((one) => one.rule === rule);
  return facts([
    ['Verdict', html`<strong>${text(verdictWords(decision.verdict))}</strong>`],
    ...ways(decision.verdict, text),
    [
      'Monitor mode',
      would && html`the whole board is in monitor mode; otherwise: ${text(verdictWords(would.verdict))}`,
    ],
    [
      'Rule',
      html`${ruleAt(rule, place)}${about !== null && html`<span class="under prose">${about}</span>`}`,
    ],
    ['Reason', text(reason)],
    ['Name on list', listedName === null ? null : text(listedName)],
  ]);
}

function ways(verdict: Verdict, text: Words): readonly (readonly [string, Html])[] {
  if (verdict.kind !== 'challenge') return [];
  const { passed, failed, silent } = verdict;
  return [
    ['If passed', text(verdictWords(passed))],
    ['If failed', text(verdictWords(failed))],
    ['If silent', text(verdictWords(silent))],
  ];
}

function trace({ decision, trace: entries }: Explanation, text: Words): Html {
  const would = new Map(decision.monitored.map((one) => [one.rule, one.verdict]));
  return table({
    caption: 'Evaluated rules, in order',
    captionHidden: true,
    columns: [{ title: 'Rule' }, { title: 'Matched' }, { title: 'Reason', words: true }],
    rows: entries.map(({ rule, place, mode, matched, because }) => {
      const verdict = mode === 'monitor' && matched ? would.get(rule) : undefined;
      const answer = mode === 'monitor' ? 'monitored' : html`<strong>yes</strong>`;
      return [
        ruleAt(rule, place),
        matched ? answer : html`<span class="quiet">no</span>`,
        html`${text(because)}${verdict !== undefined && html`<span class="under">would have decided: ${text(verdictWords(verdict))}</span>`}`,
      ];
    }),
    empty: 'No rule was evaluated.',
  });
}

function ruleAt(id: string, place: Place | null): Html {
  return html`<code>${id}</code>${place !== null && html` ${placeInFile({ place })}`}`;
}
