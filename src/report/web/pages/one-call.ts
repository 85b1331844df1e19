import type { Decision } from '../../../policy/verdict.ts';
import type { Outcome } from '../../../screening/outcome.ts';
import { whereabouts } from '../../../screening/whereabouts.ts';
import type { CallRecord } from '../../call-records.ts';
import { address } from '../address.ts';
import { type Html, html } from '../html.ts';
import type { PolicyView, RuleView } from '../page-deps.ts';
import type { PageNumbers } from '../page-numbers.ts';
import { said } from '../said.ts';
import { facts, table } from '../table.ts';
import { callMs, moment, span } from '../when.ts';
import { bypassReason, causeWords, exitWords, verdictWords } from '../words.ts';
import { callCommands } from './call-commands.ts';
import { callFacts } from './call-facts.ts';
import { callFlags, type FlagsShown } from './call-flags.ts';
import { placeMark } from './call-rows.ts';
import { callTimes } from './call-times.ts';
import { placeInFile } from './rule-place.ts';

/** All that is known of one call. */
export function oneCallPage(
  record: CallRecord,
  policy: PolicyView,
  numbers: PageNumbers,
  now: number,
  flags: FlagsShown | null,
): Html {
  const { outcome } = record;
  const { facts: known, callId, bypass } = outcome;
  const text = (words: string) => numbers.words(words, callId);
  return html`<p class="crumbs"><a href="/calls">Calls</a></p>
<div class="heading"><div><h1>Call from ${numbers.caller(known.caller, callId)}</h1>
<p class="about">${moment(known.now)} to ${numbers.number(known.called.number ?? known.called.raw, callId)}</p></div></div>
<p class="fate">${placeMark(whereabouts(outcome))} <span>${text(exitWords(outcome.exit))}</span></p>
${bypass !== null && html`<p class="notice warn"><strong>Not screened:</strong> ${said(bypassReason(bypass.reason))}${bypass.detail !== '' && html` (${text(bypass.detail)})`}.</p>`}
${outcome.adopted && html`<p class="notice">It was found in Asterisk after Gatehouse had connected anew.</p>`}
<section aria-labelledby="h-course"><h2 id="h-course">Course of the call</h2>${callTimes(outcome, numbers)}${later(record)}</section>
<section aria-labelledby="h-why"><h2 id="h-why">Why</h2>${why(outcome, policy, numbers)}
<p><a href="${address('/calls/explain', { id: callId })}">Explain it, near misses included</a></p></section>
${flags !== null && html`<section aria-labelledby="h-flags"><h2 id="h-flags">Flags</h2>${callFlags(callId, flags)}</section>`}
<section aria-labelledby="h-facts"><h2 id="h-facts">Facts</h2>${callFacts(outcome, numbers, now)}</section>
<section aria-labelledby="h-next"><h2 id="h-next">Go on from here</h2>${links(outcome, numbers)}${callCommands(outcome)}</section>`;
}

function later({ outcome, afterExit }: CallRecord): Html | null {
  if (outcome.exit.kind !== 'connect') return null;
  if (afterExit === null)
    return html`<h3>After the exit</h3><p class="quiet">Not known: the call is not over yet, or it was not followed.</p>`;
  const { answeredMs, talkMs, cause } = afterExit;
  return html`<h3>After the exit</h3>${facts([
    ['Answered', answeredMs === null ? 'by nobody' : html`${callMs(answeredMs)} after arrival`],
    ['Talked', answeredMs === null ? null : span(talkMs)],
    ['Ended', cause === null ? 'cause not told' : causeWords(cause)],
  ])}`;
}

function why({ decision, facts: known }: Outcome, policy: PolicyView, numbers: PageNumbers): Html {
  const rules = new Map(policy.rules().map((rule) => [rule.id, rule]));
  const inForce = policy.status().version;
  if (decision === null)
    return html`<p>It never met the policy.</p>${today(policy.decide(known), null, numbers, known.callId)}`;
  const isSame = decision.policyVersion === inForce;
  return html`<p>The verdict was to <strong>${numbers.words(verdictWords(decision.verdict), known.callId)}</strong>, by rule ${ruleName(decision.rule, rules.get(decision.rule))}: ${numbers.words(decision.reason, known.callId)}${decision.listedName !== null && html` (on the list as ${numbers.words(decision.listedName, known.callId)})`}.</p>
${trace(decision, rules, numbers, known.callId)}
<p class="quiet">Policy ${decision.policyVersion}${isSame ? ', in force still.' : html`; in force now is ${inForce}, so lines are those of the rules now.`}</p>
${!isSame && today(policy.decide(known), decision, numbers, known.callId)}`;
}

function trace(
  decision: Decision,
  rules: ReadonlyMap<string, RuleView>,
  numbers: PageNumbers,
  callId: string,
): Html {
  const would = new Map(decision.monitored.map(({ rule, verdict }) => [rule, verdict]));
  return table({
    caption: 'Rules that were looked at, in order',
    columns: [{ title: 'Rule' }, { title: 'Matched' }, { title: 'Because', words: true }],
    rows: decision.trace.map((entry) => {
      const verdict = would.get(entry.rule);
      return [
        ruleName(entry.rule, rules.get(entry.rule)),
        entry.matched
          ? entry.mode === 'monitor'
            ? 'monitored'
            : html`<strong>yes</strong>`
          : html`<span class="quiet">no</span>`,
        html`${numbers.words(entry.because, callId)}${verdict !== undefined && html`<span class="under">would have said: ${numbers.words(verdictWords(verdict), callId)}</span>`}`,
      ];
    }),
    empty: 'No rule was looked at.',
  });
}

/** What the rules say today of the same facts. */
function today(now: Decision, then: Decision | null, numbers: PageNumbers, callId: string): Html {
  const isSame =
    then !== null && then.rule === now.rule && verdictWords(then.verdict) === verdictWords(now.verdict);
  return html`<p>Under the policy in force now ${isSame ? 'the same rule would say the same' : html`rule <code>${now.rule}</code> would say: ${numbers.words(verdictWords(now.verdict), callId)}`}.</p>`;
}

function ruleName(id: string, rule: RuleView | undefined): Html {
  return html`<code>${id}</code>${
    rule === undefined
      ? html` <span class="quiet">(not in the rules now)</span>`
      : html` ${placeInFile(rule)}`
  }`;
}

/** Calls like it. A link never tells a number that the page masks. */
function links({ facts: known, decision, exit }: Outcome, numbers: PageNumbers): Html {
  const around = { since: new Date(known.now - 7 * 86_400_000).toISOString().slice(0, 19).concat('Z') };
  const { caller, called, verification } = known;
  return html`<ul class="links">
${numbers.whole && caller.number !== null && html`<li><a href="${address('/calls', { ...around, caller: caller.number })}">Other calls of this caller</a></li>`}
${numbers.whole && called.number !== null && html`<li><a href="${address('/calls', { ...around, called: called.number })}">Other calls to this number</a></li>`}
${decision !== null && html`<li><a href="${address('/calls', { ...around, rule: decision.rule })}">Other calls by this rule</a></li>`}
${verification.signer !== null && numbers.text(verification.signer, known.callId) === verification.signer && html`<li><a href="${address('/calls', { ...around, signer: verification.signer })}">Other calls of this signer</a></li>`}
${numbers.whole && caller.number !== null && html`<li><a href="${address('/lists', { number: caller.number })}">Lists that have this caller</a></li>`}
${exit.kind === 'voicemail' && html`<li>The message is in mailbox ${said(exit.box)}</li>`}
</ul>`;
}
