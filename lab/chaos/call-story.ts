import type { Arrival } from '../arrivals.ts';
import type { OperatorCall } from '../operators.ts';
import type { SipMessage } from '../sip-messages.ts';
import type { SipView } from './caller-group.ts';
import type { CallerEnd, CallerKind } from './caller-kinds.ts';

/** How a call ended, by its caller's SIP messages: `refused` has a final status, `unanswered` none at all. */
export type HangUp = 'caller' | 'cancelled' | 'peer' | 'refused' | 'unanswered';

/** One call without Gatehouse being asked: by the caller, the dialplan's arrivals and the operators' phone. Times in epoch ms. */
export interface CallStory {
  readonly callId: string;
  readonly kind: CallerKind;
  readonly number: string;
  readonly invitedAt: number;
  /** The first answer of any kind: Asterisk has the call. */
  readonly firstReplyAt: number | null;
  readonly ringingAt: number | null;
  readonly answeredAt: number | null;
  readonly finalStatus: number | null;
  readonly presses: readonly number[];
  readonly endedAt: number | null;
  readonly hangUp: HangUp;
  readonly arrivals: readonly (Arrival & { readonly at: number })[];
  readonly operator: OperatorView | null;
}

export interface OperatorView {
  readonly linkedId: string;
  readonly from: string;
  readonly rangAt: number;
  readonly answeredAt: number | null;
  readonly endedAt: number | null;
}

export function callStories(
  views: readonly SipView[],
  arrivals: readonly Arrival[],
  operators: readonly OperatorView[],
): CallStory[] {
  const byCall = Map.groupBy(arrivals, (one) => one.callId);
  const byLinked = new Map(operators.map((one) => [one.linkedId, one]));
  return views
    .filter(({ messages }) => messages.length > 0)
    .map((view) => {
      const own = (byCall.get(view.callId) ?? []).map((one) => ({ ...one, at: Date.parse(one.time) }));
      const rang = own.map(({ uniqueId }) => byLinked.get(uniqueId)).find((one) => one !== undefined);
      return { ...sipStory(view), arrivals: own, operator: rang ?? null };
    });
}

function sipStory({ callId, kind, number, messages, presses }: SipView) {
  const at = (wanted: (message: SipMessage) => boolean): number | null => messages.find(wanted)?.at ?? null;
  const isReply = ({ isSent, method, status }: SipMessage): boolean =>
    !isSent && method === 'INVITE' && status !== null;
  const answeredAt = at((one) => isReply(one) && one.status === 200);
  const final = messages.find((one) => isReply(one) && (one.status ?? 0) >= 200);
  const request = (method: string, isSent: boolean) =>
    at((one) => one.isSent === isSent && one.method === method && one.status === null);
  const byePeer = request('BYE', false);
  const byeOwn = request('BYE', true);
  const cancelled = request('CANCEL', true);
  const hangUp: HangUp =
    byePeer !== null && (byeOwn === null || byePeer <= byeOwn)
      ? 'peer'
      : byeOwn !== null
        ? 'caller'
        : cancelled !== null
          ? 'cancelled'
          : final !== undefined && answeredAt === null
            ? 'refused'
            : 'unanswered';
  const ends = { peer: byePeer, caller: byeOwn, cancelled, refused: final?.at ?? null, unanswered: null };
  return {
    callId,
    kind,
    number,
    presses,
    invitedAt: messages[0]?.at ?? 0,
    firstReplyAt: at(isReply),
    ringingAt: at((one) => isReply(one) && (one.status === 180 || one.status === 183)),
    answeredAt,
    finalStatus: final?.status ?? null,
    endedAt: ends[hangUp],
    hangUp,
  };
}

/** What the operators' phone saw of each call that rang it. */
export function operatorViews(
  calls: readonly OperatorCall[],
  messages: readonly SipMessage[],
): OperatorView[] {
  const byCall = Map.groupBy(messages, (one) => one.callId);
  return calls.flatMap(({ linkedId, callId, from }) => {
    const own = byCall.get(callId) ?? [];
    const request = (...methods: string[]) =>
      own.find(({ method, status }) => status === null && methods.includes(method))?.at ?? null;
    const rangAt = request('INVITE');
    if (rangAt === null) return [];
    // The ACK of a call that was cancelled while it rang answers a 487.
    const isAnswered = own.some((one) => one.isSent && one.method === 'INVITE' && one.status === 200);
    const answeredAt = isAnswered ? request('ACK') : null;
    return [{ linkedId, from, rangAt, answeredAt, endedAt: request('BYE', 'CANCEL') }];
  });
}

/**
 * Where the caller got to, and when. A phone that rang is a person, also when the caller hung up before the answer. A mailbox that
 * sent the call on is no end; to a phone that sends no audio it listens for seconds first, which no caller who speaks would wait.
 */
export function reached(story: CallStory): { readonly end: CallerEnd; readonly at: number } | null {
  const { operator, arrivals, answeredAt, kind } = story;
  const mailbox = answeredAt === null ? undefined : arrivals.find(({ exit }) => exit === 'voicemail');
  if (operator !== null) {
    const since = mailbox !== undefined && !sendsAudio(kind) ? mailbox.at : operator.rangAt;
    return { end: 'person', at: Math.min(since, operator.rangAt) };
  }
  if (mailbox !== undefined && arrivals.at(-1)?.exit === 'voicemail')
    return { end: 'mailbox', at: mailbox.at };
  const rejected = arrivals.find(({ exit }) => exit === 'rejected');
  return rejected === undefined ? null : { end: 'rejected', at: rejected.at };
}

function sendsAudio({ script }: CallerKind): boolean {
  return script.steps.some((step) => 'speak' in step || 'sendTones' in step);
}
