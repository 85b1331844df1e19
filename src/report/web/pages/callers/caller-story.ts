import { calls as callsWords, count } from '../../../../call/sentences.ts';
import { dispositions, flagWords } from '../../../../call/vocabulary.ts';
import { sum } from '../../counted.ts';
import { type Html, html, said } from '../../html.ts';
import { minute, span } from '../../times.ts';
import type { CallerData, CallsOfCaller } from './caller-data.ts';

/** `12 calls since …, the last 4 min ago, to 3 of your numbers: 8 connected, 4 voicemail. 3 of 5 challenges passed. On the block list …`. */
export function callerStory({ lists, kept }: CallerData, calls: CallsOfCaller, now: number): Html {
  const all = sum(calls.results);
  const ours = calls.called.length;
  const to = ours === 0 ? '' : `, to ${ours === 1 ? 'one' : count(ours)} of your numbers`;
  const became = calls.results
    .map(({ value, calls: own }) => `${count(own)} ${dispositions.label(value).toLowerCase()}`)
    .join(', ');
  const when =
    all === 1
      ? html`One call, ${span(now - calls.lastAt)} ago`
      : html`${callsWords(all)} since ${minute(calls.firstAt)}, the last ${span(now - calls.lastAt)} ago`;
  return html`${when}${to}: ${became}.${asked(calls)}${listed(lists)}${flagged(kept)}${optedOut(kept)}`;
}

function asked({ challenges }: CallsOfCaller): string {
  const all = sum(challenges);
  const passed = challenges.find(({ value }) => value === 'passed')?.calls ?? 0;
  if (all === 0) return '';
  return all === 1
    ? ` Asked once${passed === 1 ? ', and passed' : ', and did not pass'}.`
    : ` Passed ${count(passed)} of ${count(all)} challenges.`;
}

function listed(lists: CallerData['lists']): Html | null {
  const names = (blocks: boolean) => [
    ...new Set(lists.flatMap((one) => (one.blocks === blocks && !one.expired ? [one.list] : []))),
  ];
  const words = (ids: readonly string[]) => ids.map((id, at) => html`${at > 0 && ', '}${said(id)}`);
  const [blocking, others] = [names(true), names(false)];
  if (blocking.length === 0 && others.length === 0) return null;
  return html` On ${blocking.length > 0 && html`the block ${blocking.length === 1 ? 'list' : 'lists'} ${words(blocking)}`}${blocking.length > 0 && others.length > 0 && ', and on '}${others.length > 0 && html`the ${others.length === 1 ? 'list' : 'lists'} ${words(others)}`}.`;
}

function flagged(kept: CallerData['kept']): string {
  if (kept === null || kept === 'not-answered') return '';
  const of = kept.flags?.ofCaller ?? {};
  const words = flagWords.words.flatMap((word) => (of[word] ? [`${callsWords(of[word])} as ${word}`] : []));
  return words.length === 0 ? '' : ` Staff flagged ${words.join(', ')}.`;
}

function optedOut(kept: CallerData['kept']): Html | null {
  if (kept === null || kept === 'not-answered' || kept.optedOutAt === null) return null;
  return html` Opted out on ${minute(kept.optedOutAt)}; ${callsWords(kept.callsSince ?? 0)} since.`;
}
