import type { CallRecord } from '../../../call/call-records.ts';
import { dispositionOf } from '../../../call/disposition.ts';
import { calledText } from '../../../call/facts.ts';
import type { Outcome } from '../../../call/outcome.ts';
import { verdictWords } from '../../../call/sentences.ts';
import { afterExitWords } from '../../../call/story.ts';
import { storySentence } from '../../../call/story-sentence.ts';
import type { Decision } from '../../../call/verdict.ts';
import { bypassReasons } from '../../../call/vocabulary.ts';
import { visibleText } from '../../../text/visible-text.ts';
import { address, callerAddress } from '../address.ts';
import { type Html, html, said } from '../html.ts';
import type { PolicyView, RuleView } from '../page-deps.ts';
import type { PageNumbers } from '../page-numbers.ts';
import { facts, placeInFile, table } from '../table.ts';
import { callMs, moment, span } from '../times.ts';
import { callFlags, type FlagsShown } from './call-flags.ts';
import { placeMark } from './call-rows.ts';
import { aroundTable, type CallsAround } from './one-call-around.ts';
import { callFacts } from './one-call-facts.ts';
import { callTimes } from './one-call-times.ts';

/** The details of one call. `around`: other calls of its caller; null: not known. */
export function oneCallPage(
  record: CallRecord,
  policy: PolicyView,
  numbers: PageNumbers,
  now: number,
  flags: FlagsShown | null,
  around: CallsAround | null = null,
): Html {
  const { outcome, realExit } = record;
  const earlier = around?.earlier.map((one) => one.outcome.facts.now) ?? [];
  const { facts: known, callId, bypass } = outcome;
  const text = (words: string) => numbers.words(words, callId);
  return html`<p class="crumbs"><a href="/calls">Calls</a></p>
<div class="heading"><div><h1>Call from ${numbers.caller(known.caller, callId)}</h1>
<p class="about">${moment(known.now)} to ${numbers.calledInline(calledText(known.called))}</p></div></div>
<p class="story">${placeMark(dispositionOf(outcome, realExit))} ${text(storySentence(record, earlier, { ms: callMs, span }))}</p>
${bypass !== null && html`<p class="notice warn"><strong>Bypassed screening:</strong> ${said(bypassReasons.label(bypass.reason))}${bypass.detail !== '' && html` (${text(bypass.detail)})`}.</p>`}
${outcome.adopted && html`<p class="notice">Gatehouse found this call in Asterisk after reconnecting.</p>`}
<section aria-labelledby="h-course"><h2 id="h-course">Timeline</h2>${callTimes(record, numbers)}${later(record)}</section>
<section aria-labelledby="h-why"><h2 id="h-why">Decision</h2>${why(outcome, policy, numbers)}
<p><a href="${address('/calls/explain', { id: callId })}">Explain this decision, with near misses</a></p></section>
${flags !== null && html`<section aria-labelledby="h-flags"><h2 id="h-flags">Flags</h2>${callFlags(callId, flags)}</section>`}
${around !== null && html`<section aria-labelledby="h-around"><h2 id="h-around">Other calls of this caller</h2>${aroundTable(record, around)}</section>`}
<section aria-labelledby="h-facts"><h2 id="h-facts">Facts</h2>${callFacts(outcome, numbers, now)}</section>
<section aria-labelledby="h-next"><h2 id="h-next">Related</h2>${links(record, numbers)}${callCommands(outcome)}</section>`;
}

function later(record: CallRecord): Html | null {
  const lines = afterExitWords(record, { ms: callMs, span });
  return lines && html`<h3>After screening</h3>${facts(lines)}`;
}

function why({ decision, facts: known }: Outcome, policy: PolicyView, numbers: PageNumbers): Html {
  const rules = new Map(policy.rules().map((rule) => [rule.id, rule]));
  const inForce = policy.status().version;
  if (decision === null)
    return html`<p>No rule was evaluated.</p>${today(policy.decide(known), null, numbers, known.callId)}`;
  const isSame = decision.policyVersion === inForce;
  return html`<p>Verdict: <strong>${numbers.words(verdictWords(decision.verdict), known.callId)}</strong>, by rule ${ruleName(decision.rule, rules.get(decision.rule))}: ${numbers.words(decision.reason, known.callId)}${decision.listedName !== null && html` (on the list as ${numbers.words(decision.listedName, known.callId)})`}.</p>
${trace(decision, rules, numbers, known.callId)}
<p class="quiet">Policy ${decision.policyVersion}${isSame ? ', still in force.' : html`. Policy ${inForce} is in force now; file and line refer to it.`}</p>
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
    caption: 'Evaluated rules, in order',
    columns: [{ title: 'Rule' }, { title: 'Matched' }, { title: 'Reason', words: true }],
    rows: decision.trace.map((entry) => {
      const verdict = would.get(entry.rule);
      return [
        ruleName(entry.rule, rules.get(entry.rule)),
        entry.matched
          ? entry.mode === 'monitor'
            ? 'monitored'
            : html`<strong>yes</strong>`
          : html`<span class="quiet">no</span>`,
        html`${numbers.words(entry.because, callId)}${verdict !== undefined && html`<span class="under">would have decided: ${numbers.words(verdictWords(verdict), callId)}</span>`}`,
      ];
    }),
    empty: 'No rule was evaluated.',
  });
}

/** What the current rules decide on the same facts. */
function today(now: Decision, then: Decision | null, numbers: PageNumbers, callId: string): Html {
  const isSame =
    then !== null && then.rule === now.rule && verdictWords(then.verdict) === verdictWords(now.verdict);
  return html`<p>Under the current policy, ${isSame ? 'the decision would be the same' : html`rule <code>${now.rule}</code> would decide: ${numbers.words(verdictWords(now.verdict), callId)}`}.</p>`;
}

function ruleName(id: string, rule: RuleView | undefined): Html {
  return html`<code>${id}</code>${
    rule === undefined
      ? html` <span class="quiet">(no longer in the rules)</span>`
      : html` ${placeInFile(rule)}`
  }`;
}

/** Related calls. A link never reveals a number that the page masks. */
function links({ outcome, realExit }: CallRecord, numbers: PageNumbers): Html {
  const { facts: known, decision } = outcome;
  const box = boxOf(outcome.exit, realExit);
  const around = { since: new Date(known.now - 7 * 86_400_000).toISOString().slice(0, 19).concat('Z') };
  const { caller, called, verification } = known;
  return html`<ul class="links">
${caller.number !== null && html`<li><a href="${callerAddress(known.callId)}">Everything about this caller, and what to do</a></li>`}
${numbers.whole && caller.number !== null && html`<li><a href="${address('/calls', { ...around, caller: caller.number })}">Other calls from this caller</a></li>`}
${called.number !== null && html`<li><a href="${address('/calls', { ...around, called: called.number })}">Other calls to this number</a></li>`}
${decision !== null && html`<li><a href="${address('/calls', { ...around, rule: decision.rule })}">Other calls decided by this rule</a></li>`}
${verification.signer !== null && numbers.text(verification.signer, known.callId) === verification.signer && html`<li><a href="${address('/calls', { ...around, signer: verification.signer })}">Other calls with this signer</a></li>`}
${numbers.whole && caller.number !== null && html`<li><a href="${address('/lists', { number: caller.number })}">Lists with this caller</a></li>`}
${box !== null && html`<li>If the caller left a message, it is in mailbox ${said(box)}</li>`}
</ul>`;
}

/** Null: no mailbox is known. */
function boxOf(exit: Outcome['exit'], realExit: CallRecord['realExit']): string | null {
  if (realExit) return realExit.to.kind === 'voicemail' ? realExit.to.box : null;
  return exit.kind === 'voicemail' ? exit.box : null;
}

/** Commands for this call. A backtest has no button: it uses all processors for a minute. */
export function callCommands({ facts, callId }: Outcome): Html {
  const explain = `gatehouse explain --call=${quoted(callId)}`;
  const backtest = `gatehouse backtest --rules DIR --since ${day(facts.now)} --until ${day(facts.now + 86_400_000)}`;
  return html`<dl class="commands">
<div><dt>Explain it under the rules on disk</dt><dd><code>${explain}</code></dd></div>
<div><dt>Try changed rules on the calls of that day. Run it on another machine: it uses all processors</dt><dd><code>${backtest}</code></dd></div>
</dl>`;
}

/** Quoted for a POSIX shell: the reader copies and runs it. */
function quoted(text: string): string {
  const plain = visibleText(text, 'drop');
  return /^[\w+.@/-]+$/.test(plain) ? plain : `'${plain.replaceAll("'", "'\\''")}'`;
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
