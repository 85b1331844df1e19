import type { CallFacts, CallHistory, HistoryWindow, WindowCounts } from '../../../policy/facts.ts';
import { historyWindows } from '../../../policy/facts.ts';
import type { Outcome } from '../../../screening/outcome.ts';
import { isUuid } from '../../shown-record.ts';
import { type Html, html } from '../html.ts';
import type { PageNumbers } from '../page-numbers.ts';
import { said } from '../said.ts';
import { facts, table } from '../table.ts';
import { moment } from '../when.ts';
import { count } from '../words.ts';

const whyNoHistory = {
  'no-number': 'the caller had no number',
  deadline: 'Redis did not answer in time',
  unavailable: 'Redis was away',
  'not-asked': 'it was not asked for',
} as const;

/** What the decision could look at. */
export function callFacts({ facts: known, node }: Outcome, numbers: PageNumbers, now: number): Html {
  const { caller, called, verification, callId } = known;
  return html`${facts([
    ['Caller', numbers.caller(caller, callId)],
    ['As sent', caller.raw === '' ? 'nothing' : numbers.words(caller.raw, callId)],
    ['Display name', caller.displayName === '' ? 'none' : numbers.words(caller.displayName, callId)],
    ['Called', numbers.number(called.number ?? called.raw, callId)],
    [
      'As dialled',
      called.raw === '' || called.raw === called.number ? null : numbers.words(called.raw, callId),
    ],
    ['Trunk', numbers.words(known.trunk, callId)],
    ['Signature', signature(verification)],
    ['Signer', verification.signer === null ? null : numbers.words(verification.signer, callId)],
    ['origid', verification.origid === null ? null : origid(verification.origid, numbers, callId)],
    ['Call id', html`<code>${callId}</code>`],
    [
      'SIP Call-ID',
      known.sipCallId === '' ? null : html`<code>${numbers.text(known.sipCallId, callId)}</code>`,
    ],
    ['Linked id', html`<code>${known.linkedId}</code>`],
    ['Node', said(node)],
  ])}
<h3>What was known of earlier calls</h3>${
    known.history === null
      ? html`<p>Decided without it: ${known.noHistoryReason === null ? 'the reason is not known' : whyNoHistory[known.noHistoryReason]}.</p>`
      : history(known, known.history, numbers, now)
  }`;
}

function signature({ result, attestation, source }: Outcome['facts']['verification']): string {
  if (result === 'none') return 'none: nobody vouched for the number';
  const by = {
    asterisk: 'verified by our Asterisk',
    verstat: 'told by the carrier (verstat)',
    header: 'told by the carrier (header)',
  };
  return `${result}${attestation === null ? '' : `, attestation ${attestation}`}${source === null ? '' : `; ${by[source]}`}`;
}

/** A UUID's digits are no number; a hostile signer may write anything. */
function origid(text: string, numbers: PageNumbers, callId: string): Html {
  return isUuid(text) ? said(text) : numbers.words(text, callId);
}

function history(
  { callId, now: arrived }: CallFacts,
  known: CallHistory,
  numbers: PageNumbers,
  now: number,
): Html {
  const { passUntil, dialledUntil, expected, flags, optedOut, campaign } = known;
  const flagged = Object.entries(flags ?? {}).filter(([, times]) => (times ?? 0) > 0);
  return html`${facts([
    [
      'Pass',
      passUntil === null
        ? 'none'
        : html`until ${moment(passUntil)}${passUntil < now && passUntil > arrived && ' (over now)'}`,
    ],
    [
      'We dialled it',
      dialledUntil === undefined || dialledUntil === null
        ? null
        : html`a call back was expected until ${moment(dialledUntil)}`,
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
    ['Opted out', optedOut === true ? 'yes' : null],
    ['Campaign', campaign === undefined || campaign === null ? null : numbers.words(campaign, callId)],
  ])}${windows(known)}`;
}

function windows(known: CallHistory): Html | null {
  const rows: (readonly [string, WindowCounts | null | undefined])[] = [
    ['Calls of this number', known.calls],
    ['Challenges failed or silent', known.failedChallenges],
    ['Our numbers that it called', known.calledNumbers],
    ['Calls of its exchange', known.exchangeCalls],
    ['Calls of its signer', known.signerCalls],
    ['Calls to the called number', known.calledNumberCalls],
    ['Calls to the whole board', known.boardCalls],
  ];
  const told = rows.filter(([, counts]) => counts !== null && counts !== undefined);
  if (told.length === 0) return null;
  return table({
    caption: 'Counted before this call, within the last',
    columns: [
      { title: '' },
      ...historyWindows.map((window: HistoryWindow) => ({ title: window, number: true })),
    ],
    rows: told.map(([title, counts]) => [
      title,
      ...historyWindows.map((_, at) => {
        const number = counts?.[at];
        return number === null || number === undefined ? html`<span class="quiet">–</span>` : count(number);
      }),
    ]),
    empty: '',
  });
}
