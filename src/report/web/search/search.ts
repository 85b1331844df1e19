import type { CallFilter } from '../../../call/call-filter.ts';
import type { CallRecords } from '../../../call/call-records.ts';
import { calls } from '../../../call/sentences.ts';
import { address, callAddress, callerAddress } from '../address.ts';
import { answered, NotAnswered } from '../answered.ts';
import { sum } from '../counted.ts';
import { type Html, html, said } from '../html.ts';
import type { PageDeps } from '../page-deps.ts';
import type { PageNumbers } from '../page-numbers.ts';
import type { CalledNames } from './called-names.ts';

export const longestSearch = 200;
const mostHits = 10;
const dayMs = 86_400_000;
const lookedBackDays = 90;
/** Fewer are in every number. */
const leastDigits = 3;
const leastLetters = 2;

export interface SearchHit {
  readonly words: Html;
  /** Beside the words. */
  readonly more: string | null;
  readonly href: string;
}

export interface SearchGroup {
  readonly title: string;
  readonly hits: readonly SearchHit[];
}

export interface Found {
  readonly groups: readonly SearchGroup[];
  /** What was not searched, and why; a sentence each. */
  readonly notes: readonly string[];
}

interface Asked {
  readonly text: string;
  readonly deps: PageDeps;
  readonly names: CalledNames;
  readonly numbers: PageNumbers;
  readonly now: number;
}

/**
 * Everything that is meant by a text: one call by its id, numbers in any writing or a part of one, names, rules, campaigns, lists. Whoever
 * sees masked numbers finds no caller by digits: whether one is found would tell them one by one.
 */
export async function search(asked: Asked): Promise<Found> {
  const own = [rules(asked), campaigns(asked), lists(asked)];
  try {
    const recorded = await answered(
      Promise.all([call(asked), calledNumbers(asked), callers(asked), callerNames(asked)]),
    );
    return { groups: [...recorded, ...own].filter(({ hits }) => hits.length > 0), notes: hidden(asked) };
  } catch (error) {
    if (!(error instanceof NotAnswered)) throw error;
    asked.deps.log.warn('Failed to read the records for a search', { error: error.cause ?? error });
    const notes = ['The records do not answer: neither calls nor numbers were searched.'];
    return { groups: own.filter(({ hits }) => hits.length > 0), notes };
  }
}

function hidden({ text, numbers }: Asked): string[] {
  return digitsOf(text) !== null && !numbers.whole
    ? ['Callers were not searched: finding one by number requires the analyst role.']
    : [];
}

async function call({ text, deps }: Asked): Promise<SearchGroup> {
  const found = /^\S{3,}$/.test(text) && !text.startsWith('+') ? await deps.records.call(text) : null;
  const hits =
    found === null
      ? []
      : [
          {
            words: html`<code>${found.outcome.callId}</code>`,
            more: null,
            href: callAddress(found.outcome.callId),
          },
        ];
  return { title: 'Call', hits };
}

async function calledNumbers({ text, deps, names, now }: Asked): Promise<SearchGroup> {
  const exact = deps.policy.canonical(text);
  const digits = digitsOf(text);
  const wanted = text.toLowerCase();
  const isName = lettersOf(text) >= leastLetters;
  const all = exact !== null || digits !== null || isName ? await names.all(now) : [];
  const whole = all.filter(({ number }) => number === exact);
  const found =
    whole.length > 0
      ? whole
      : all.filter(
          ({ number, name }) =>
            (digits !== null && number.includes(digits)) || (isName && name?.toLowerCase().includes(wanted)),
        );
  const hits = found.slice(0, mostHits).map(async ({ number, name, calls: all }) => ({
    words: html`${name !== null && html`${said(name)}, `}<span class="number">${number}</span>`,
    more: `${calls(all)} in ${lookedBackDays} days`,
    href: await callsOf({ called: number }, deps.records, now),
  }));
  return { title: 'Our numbers', hits: await Promise.all(hits) };
}

async function callers({ text, deps: { records, policy }, numbers, now }: Asked): Promise<SearchGroup> {
  const title = 'Callers';
  const digits = digitsOf(text);
  if (digits === null || !numbers.whole) return { title, hits: [] };
  const range = { since: now - lookedBackDays * dayMs, until: now };
  const exact = policy.canonical(text)?.replace(/^\+/, '');
  const whole = exact === undefined ? [] : await records.callersWith(exact, range, mostHits);
  const found = whole.length > 0 ? whole : await records.callersWith(digits, range, mostHits);
  return {
    title,
    hits: found.map(({ caller, calls: all, latest }) => ({
      words: numbers.number(caller, latest),
      more: `${calls(all)} in ${lookedBackDays} days`,
      href: callerAddress(latest),
    })),
  };
}

async function callerNames({ text, deps: { records }, numbers, now }: Asked): Promise<SearchGroup> {
  const title = 'Caller names';
  // As the filter of calls has it.
  const mayAsk = numbers.whole || !/\p{Nd}/u.test(text);
  if (lettersOf(text) < leastLetters || !mayAsk) return { title, hits: [] };
  const range = { since: now - lookedBackDays * dayMs, until: now };
  const all = sum(await records.counts('where', { ...range, name: text }));
  if (all === 0) return { title, hits: [] };
  const href = await callsOf({ name: text }, records, now);
  return { title, hits: [{ words: html`Callers named ${said(text)}`, more: calls(all), href }] };
}

function rules({ text, deps: { policy } }: Asked): SearchGroup {
  const wanted = text.toLowerCase();
  const hits = policy
    .rules()
    .filter(({ id }) => id.toLowerCase().includes(wanted))
    .sort((a, b) => Number(b.id === text) - Number(a.id === text))
    .slice(0, mostHits)
    .map(({ id, about }) => ({
      words: html`<code>${id}</code>`,
      more: about,
      href: address('/calls', { since: '7d', rule: id }),
    }));
  // One by its whole id is meant alone.
  return { title: 'Rules', hits: policy.rules().some(({ id }) => id === text) ? hits.slice(0, 1) : hits };
}

function campaigns({ text, deps, numbers }: Asked): SearchGroup {
  const wanted = text.toLowerCase();
  const hits = (deps.campaigns?.() ?? [])
    .filter(({ id, name }) => id === text || numbers.text(name).toLowerCase().includes(wanted))
    .slice(0, mostHits)
    .map(({ id, name, calls: all }) => ({
      words: numbers.words(name),
      more: calls(all),
      href: `/campaigns/${encodeURIComponent(id)}`,
    }));
  return { title: 'Campaigns', hits };
}

function lists({ text, deps }: Asked): SearchGroup {
  const wanted = text.toLowerCase();
  const hits = deps.lists
    .all()
    .filter(({ id }) => id.toLowerCase().includes(wanted))
    .slice(0, mostHits)
    .map(({ id, about }) => ({ words: html`<code>${id}</code>`, more: about, href: '/lists' }));
  return { title: 'Lists', hits };
}

/** Of the last week where it has any: that is what is asked about. */
async function callsOf(filter: Partial<CallFilter>, records: CallRecords, now: number): Promise<string> {
  const week = await records.counts('where', { ...filter, since: now - 7 * dayMs, until: now });
  const since = week.length > 0 ? '7d' : `${lookedBackDays}d`;
  return address('/calls', { since, ...(filter as Readonly<Record<string, string>>) });
}

/** Digits of a number or a part of one, in any writing, without zeros that only dial; null: it is something else. */
function digitsOf(text: string): string | null {
  if (!/^[+\d\s().\-/]+$/.test(text)) return null;
  const digits = text.replace(/\D/g, '').replace(/^0+/, '');
  return digits.length >= leastDigits && digits.length <= 20 ? digits : null;
}

function lettersOf(text: string): number {
  return text.match(/\p{L}/gu)?.length ?? 0;
}
