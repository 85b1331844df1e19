import { type CallFacts, calledText } from '../../../../call/facts.ts';
import { type TriedCall, type TriedHistory, triedHistories } from '../../../../policy/cases/tried-call.ts';
import type { Explanation } from '../../../../policy/explanation.ts';
import { verificationStates } from '../../../../policy/logic/logic.ts';
import { type Html, type HtmlValue, html } from '../../html.ts';
import type { PageNumbers } from '../../page-numbers.ts';
import { minute } from '../../times.ts';
import { explanationSections } from '../explain-call.ts';
import type { TryCall } from './rule-views.ts';

/**
 * What was typed, bounded; null: nothing was asked. Who sees masked numbers cannot try a caller's number: the answer would reveal
 * on which list it is, and its name there.
 */
export function readTried(
  query: Readonly<Record<string, string>>,
  isWhole: boolean,
): TriedCall | { readonly unreadable: string } | null {
  if (!('from' in query || 'to' in query || 'verification' in query)) return null;
  const text = (name: string, most: number) => (query[name] ?? '').trim().slice(0, most);
  const verification = verificationStates.find((state) => state === (query.verification ?? 'none'));
  const known = query.known ?? 'nothing';
  const at = text('at', 19);
  if (!isWhole && text('from', 64) !== '')
    return {
      unreadable: 'Trying a caller’s number requires the analyst role; without one the caller is withheld.',
    };
  if (verification === undefined) return { unreadable: 'The verification is none of those that there are.' };
  if (!Object.hasOwn(triedHistories, known))
    return { unreadable: 'What is known of the caller cannot be read.' };
  if (at !== '' && !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/.test(at))
    return { unreadable: 'The time cannot be read. Write it as 2026-12-24T17:30.' };
  return {
    ...{ from: text('from', 64), to: text('to', 64), name: text('name', 120), trunk: text('trunk', 80) },
    ...{ verification, at, known: known as TriedHistory },
  };
}

export function tryCallPage(
  query: Readonly<Record<string, string>>,
  tried: ReturnType<typeof readTried>,
  decided: ReturnType<TryCall> | null,
  numbers: PageNumbers,
): Html {
  const problem =
    tried !== null && 'unreadable' in tried
      ? tried.unreadable
      : decided !== null && 'problem' in decided
        ? decided.problem
        : null;
  return html`<p class="crumbs"><a href="/rules">Rules</a></p>
<div class="heading"><div><h1>Try a call</h1><p class="about">What the policy in force decides on a possible call, and why. Nothing is stored, and nobody is called.</p></div></div>
${tryForm(query)}
${problem !== null && html`<p class="notice warn" role="alert">${numbers.words(problem)} Nothing was decided.</p>`}
${decided !== null && 'facts' in decided && result(decided, numbers)}`;
}

/** The form; what was typed stays. */
export function tryForm(query: Readonly<Record<string, string>> = {}): Html {
  const text = (name: string, words: string, more: HtmlValue = null) =>
    html`<label><span>${words}</span><input name="${name}" value="${(query[name] ?? '').slice(0, 120)}" maxlength="120" autocomplete="off"${more}></label>`;
  return html`<form class="filter" action="/rules/try" method="get" aria-label="Try a call">
<div class="fields">
${text('from', 'Caller (empty: withheld)', html` inputmode="tel"`)}
${text('to', 'Called (empty: yours)', html` inputmode="tel"`)}
<label><span>Verification</span><select name="verification">${options(
    verificationStates.map((state) => [state, state === 'none' ? 'unsigned' : state]),
    query.verification ?? 'none',
  )}</select></label>
<label><span>Known of the caller</span><select name="known">${options(Object.entries(triedHistories), query.known ?? 'nothing')}</select></label>
${text('name', 'Display name')}
${text('trunk', 'Trunk (empty: carrier)')}
<label><span>Time (empty: now)</span><input type="datetime-local" name="at" value="${(query.at ?? '').slice(0, 19)}"></label>
</div>
<p class="buttons"><button>Decide</button></p>
</form>`;
}

function options(all: readonly (readonly [string, string])[], chosen: string): Html[] {
  return all.map(
    ([value, words]) =>
      html`<option value="${value}"${value === chosen && html` selected`}>${words}</option>`,
  );
}

function result(
  { facts, explanation }: { readonly facts: CallFacts; readonly explanation: Explanation },
  numbers: PageNumbers,
): Html {
  const { caller, called, now } = facts;
  return html`<p>A call from ${numbers.caller(caller)} to ${numbers.calledInline(calledText(called))}, ${minute(now)}, decided by policy <code>${explanation.decision.policyVersion}</code>.</p>
${explanationSections(explanation, (words) => numbers.words(words))}`;
}
