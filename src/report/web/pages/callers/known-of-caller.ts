import { noValue } from '../../../../call/call-filter.ts';
import { calls as callsWords, count } from '../../../../call/sentences.ts';
import { usualVerification } from '../../../../call/usual-verification.ts';
import { flagWords } from '../../../../call/vocabulary.ts';
import { exchangeOfCaller } from '../../../../numbers/exchange.ts';
import type { Actor } from '../../callers/actor.ts';
import { type Html, html, said } from '../../html.ts';
import type { ListHit, PageDeps } from '../../page-deps.ts';
import type { PageNumbers } from '../../page-numbers.ts';
import { facts } from '../../table.ts';
import { minute } from '../../times.ts';
import { type CallerData, type CallsOfCaller, searchAddress } from './caller-data.ts';
import { actFormId, anyNumber } from './caller-forms.ts';
import { exchangeLink, signerLink } from './callers-page.ts';
import { campaignLinks } from './campaign-links.ts';
import type { KeptOfCaller } from './kept-of-caller.ts';

const allTime = { since: 0, until: 0, query: {}, problem: null };

/** Lists, flags, passes, expected calls, and where the caller comes from. */
export function knownOfCaller(
  data: CallerData,
  calls: CallsOfCaller,
  deps: PageDeps,
  numbers: PageNumbers,
  actor: Actor | null,
): Html {
  const { record, lists, kept } = data;
  const known = record.outcome.facts;
  const isThere = kept !== null && kept !== 'not-answered';
  const exchange = numbers.whole ? exchangeOfCaller(known) : null;
  return html`${kept === 'not-answered' && html`<p class="notice warn">Flags, passes and expected calls are unavailable because Redis is not responding.</p>`}${facts(
    [
      ['Lists', listed(data, lists, deps, numbers, actor)],
      ...(isThere ? keptFacts(data, kept, numbers, actor) : []),
      [
        'Campaigns',
        calls.campaigns.length > 0 && campaignLinks(calls.campaigns, deps.campaigns?.() ?? [], numbers),
      ],
      ['Exchange', exchange !== null && exchangeLink(exchange, allTime, numbers)],
      [
        'Signers',
        calls.signers.length === 0
          ? 'never signed'
          : calls.signers.map(
              ({ value, calls: own }) =>
                html`<span class="line">${signerLink(value, allTime, numbers)} <span class="quiet">${callsWords(own)}</span></span>`,
            ),
      ],
      [
        'Called',
        calls.called.map(
          ({ value, calls: own }) =>
            html`<span class="line">${value === noValue ? 'not a public number' : numbers.calledInline(value)} <span class="quiet">${callsWords(own)}</span></span>`,
        ),
      ],
    ],
  )}`;
}

function keptFacts(
  data: CallerData,
  { flags, history, expected, optedOutAt, callsSince }: KeptOfCaller,
  numbers: PageNumbers,
  actor: Actor | null,
): Parameters<typeof facts>[0] {
  const { callId } = data.record.outcome;
  const of = flags?.ofCaller ?? {};
  const words = flagWords.words.flatMap((word) => (of[word] ? [`${word}: ${callsWords(of[word])}`] : []));
  const passUntil = history?.passUntil ?? null;
  const dialedUntil = history?.dialedUntil ?? null;
  const since = optedOutAt === null ? null : searchAddress(data, numbers, {}, optedOutAt);
  return [
    [
      'Flags',
      words.length === 0
        ? 'none'
        : html`${words.join(', ')}${flags?.until && html`<span class="under">until ${minute(flags.until)}</span>`}`,
    ],
    ['Pass', passUntil === null ? 'none' : html`until ${minute(passUntil)}`],
    [
      'Expected',
      expected.length === 0
        ? 'no'
        : expected.map(
            ({ called, until, why }) =>
              html`<span class="line">${called === null ? 'at any number' : html`at ${numbers.calledInline(called)}`} until ${minute(until)}: ${numbers.words(why, callId)} ${actor !== null && actButton('/callers/unexpect', 'window', called ?? anyNumber, 'Remove')}</span>`,
          ),
    ],
    ['We dialed it', dialedUntil !== null && html`call back expected until ${minute(dialedUntil)}`],
    [
      'Opted out',
      optedOutAt !== null &&
        html`${minute(optedOutAt)}<span class="under">${since === null ? callsWords(callsSince ?? 0) : html`<a href="${since}">${callsWords(callsSince ?? 0)}</a>`} since</span>`,
    ],
    ['Usually verified', usual(history)],
  ];
}

function usual(history: KeptOfCaller['history']): string | null {
  const verified = history?.verified;
  if (!verified) return null;
  const found = usualVerification(verified);
  if (found === null) return 'no usual level yet';
  const how = { A: 'attestation A', B: 'attestation B or A', signed: 'signed' }[found.is];
  return `${how}, ${count(found.calls)} of ${count(found.of)} calls`;
}

/** A viewer sees no name, and no entry: both tell whose number it is. */
function listed(
  { record }: CallerData,
  hits: readonly ListHit[],
  { lists, listEdits }: PageDeps,
  numbers: PageNumbers,
  actor: Actor | null,
): Html | string {
  if (hits.length === 0) return 'on none';
  const { number } = record.outcome.facts.caller;
  const sources = new Map(lists.all().map(({ id, source }) => [id, source]));
  const mayRemove = ({ list, pattern }: ListHit) =>
    actor?.isAdmin && pattern === number && listEdits?.lists().some(({ id }) => id === list);
  return html`${hits.map((hit) => {
    const { list, blocks, expired, line, expiresAt, name, note, pattern } = hit;
    const more = numbers.whole ? [name, note, pattern === number ? null : `entry ${pattern}`] : [];
    const place = line === null ? null : `${fileName(sources.get(list))}:${line}`;
    return html`<span class="line"><strong>${said(list)}</strong>${blocks && html` <span class="tag">block list</span>`}${expired && html` <span class="tag">expired</span>`} ${mayRemove(hit) && actButton('/callers/unlist', 'list', list, 'Remove')}${numbers.whole && place !== null && html`<span class="under place-in-file">${place}</span>`}${more.map((text) => text !== null && text !== undefined && html`<span class="under">${said(text)}</span>`)}${expiresAt !== null && !expired && html`<span class="under">until ${minute(expiresAt)}</span>`}</span>`;
  })}`;
}

/** The address of a feed may have a password in it. */
function fileName(source: string | undefined): string {
  if (source === undefined) return 'line';
  return /^https?:/i.test(source) ? 'feed' : (source.split('/').at(-1) ?? source);
}

/** It sends the form of actions, whose reason it needs too. */
function actButton(to: string, name: string, value: string, words: string): Html {
  return html`<button class="back small" form="${actFormId}" formaction="${to}" name="${name}" value="${value}">${words}<span class="visually-hidden"> ${value}</span></button>`;
}
