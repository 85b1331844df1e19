import type { CallFacts, CallHistory, WindowCounts } from '../../../call/facts.ts';
import { calledText, campaignOf, everyCalendar } from '../../../call/facts.ts';
import type { Outcome } from '../../../call/outcome.ts';
import { count, levelWords } from '../../../call/sentences.ts';
import { signalWords } from '../../../call/signal-words.ts';
import { signatureLines } from '../../../call/signature-words.ts';
import { standardWindows, windowWords } from '../../../call/windows.ts';
import { isUuid } from '../../../privacy/shown-record.ts';
import { type Html, html, said } from '../html.ts';
import type { PageNumbers } from '../page-numbers.ts';
import { facts, table } from '../table.ts';
import { moment } from '../times.ts';

const whyNoHistory = {
  'no-number': 'the caller sent no number',
  deadline: 'Redis did not respond in time',
  unavailable: 'Redis was unavailable',
  'not-asked': 'it was not requested',
} as const;

/** The facts that the decision was based on. */
export function callFacts({ facts: known, node }: Outcome, numbers: PageNumbers, now: number): Html {
  const { caller, called, callId } = known;
  return html`${facts([
    ['Caller', numbers.caller(caller, callId)],
    ['Sent as', caller.raw === '' ? 'nothing' : numbers.words(caller.raw, callId)],
    ['Display name', caller.displayName === '' ? 'none' : numbers.words(caller.displayName, callId)],
    ['Called', numbers.called(calledText(called))],
    ['Dialed as', called.raw === '' || called.raw === called.number ? null : said(called.raw)],
    ['Trunk', numbers.words(known.trunk, callId)],
    ...signatureLines(known).map(([name, text]) => [name, words(text, numbers, callId)] as const),
    ['Call ID', html`<code>${callId}</code>`],
    ['SIP Call-ID', known.sipCallId === '' ? null : html`<code>${numbers.sipCallId(known)}</code>`],
    ['Linked ID', html`<code>${known.linkedId}</code>`],
    ['Closed by hand', closedWords(known)],
    ['Emergency number dialed', dialedWords(known)],
    ...signalWords(known).map(([name, text]) => [name, said(text)] as const),
    ['Campaign', campaignWords(known, numbers)],
    ['Attack level', attackWords(known)],
    ['Node', said(node)],
  ])}
<h3>Caller history</h3>${
    known.history === null
      ? html`<p>Not available: ${known.noHistoryReason === null ? 'the reason is unknown' : whyNoHistory[known.noHistoryReason]}.</p>`
      : history(known, known.history, numbers, now)
  }`;
}

function campaignWords(known: CallFacts, numbers: PageNumbers): Html | null {
  const id = campaignOf(known) ?? null;
  if (id === null) return null;
  // A record may have anything in its place.
  return /^c-[\w-]{1,40}$/.test(id)
    ? html`<a href="/campaigns/${id}">${said(id)}</a>`
    : numbers.words(id, known.callId);
}

function closedWords({ site }: CallFacts): Html | null {
  const names = site?.closed?.map((one) => (one === everyCalendar ? 'all calendars' : one));
  return names === undefined ? null : said(names.join(', '));
}

function attackWords({ site }: CallFacts): Html | null {
  const words = levelWords(site?.levels ?? {});
  const surge = site?.callBackSurge ? 'call-back surge on the called number' : null;
  const all = [words, surge].filter((one) => one !== null);
  return all.length === 0 ? null : said(all.join('; '));
}

function dialedWords({ site }: CallFacts): Html | null {
  return site?.emergencyDialedAt === undefined ? null : moment(site.emergencyDialedAt);
}

/** A UUID's digits are no number; a hostile signer may write anything. */
function words(text: string, numbers: PageNumbers, callId: string): Html {
  return isUuid(text) ? said(text) : numbers.words(text, callId);
}

function history(
  { callId, now: arrived }: CallFacts,
  known: CallHistory,
  numbers: PageNumbers,
  now: number,
): Html {
  const { passUntil, dialedUntil, expected, flags } = known;
  const flagged = Object.entries(flags ?? {}).filter(([, times]) => (times ?? 0) > 0);
  return html`${facts([
    [
      'Pass',
      passUntil === null
        ? 'none'
        : html`until ${moment(passUntil)}${passUntil < now && passUntil > arrived && ' (expired)'}`,
    ],
    [
      'We dialed it',
      dialedUntil === undefined || dialedUntil === null
        ? null
        : html`callback expected until ${moment(dialedUntil)}`,
    ],
    [
      'Expected by staff',
      expected === undefined || expected === null
        ? null
        : html`until ${moment(expected.until)}: ${numbers.words(expected.why, callId)}`,
    ],
    [
      'Flagged by staff',
      flagged.length === 0 ? null : flagged.map(([word, times]) => `${word} ${times}×`).join(', '),
    ],
  ])}${windows(known)}`;
}

/** Most calls have none of it. */
function unlessZero(counts: WindowCounts | null | undefined): WindowCounts | null {
  return counts?.some((one) => one !== null && one > 0) ? counts : null;
}

function windows(known: CallHistory): Html | null {
  const rows: (readonly [string, WindowCounts | null | undefined])[] = [
    ['Calls from this number', known.calls],
    ['Failed or silent challenges', known.failedChallenges],
    ['Our numbers it called', known.calledNumbers],
    ['Decoys it called', unlessZero(known.decoys)],
    ['Calls from its exchange', known.exchangeCalls],
    ['Challenges failed by its exchange', unlessZero(known.exchangeFailed)],
    ['Challenges passed by its exchange', unlessZero(known.exchangePassed)],
    ['Decoys called by its exchange', unlessZero(known.exchangeDecoyCalls)],
    ['Calls from its signer', known.signerCalls],
    ['Challenges failed by its signer', unlessZero(known.signerFailed)],
    ['Challenges passed by its signer', unlessZero(known.signerPassed)],
    ['Decoys called by its signer', unlessZero(known.signerDecoyCalls)],
    ['Challenges failed under its origid', unlessZero(known.origidFailed)],
    ['Challenges passed under its origid', unlessZero(known.origidPassed)],
    ['Calls to the called number', known.calledNumberCalls],
    ['Calls to the whole switchboard', known.boardCalls],
    ['Unknown callers to the called number', known.unknownCalledNumberCalls],
    ['Unknown callers to the whole switchboard', known.unknownBoardCalls],
  ];
  const told = rows.filter(([, counts]) => counts !== null && counts !== undefined);
  if (told.length === 0) return null;
  const lengths = [...standardWindows, ...(known.moreWindows ?? [])];
  return table({
    caption: 'Counts before this call, by time window',
    columns: [{ title: '' }, ...lengths.map((ms) => ({ title: windowWords(ms), number: true }))],
    rows: told.map(([title, counts]) => [
      title,
      ...lengths.map((_, at) => {
        const number = counts?.[at];
        return number === null || number === undefined ? html`<span class="quiet">–</span>` : count(number);
      }),
    ]),
    empty: '',
  });
}
