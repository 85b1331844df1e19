import { join } from 'node:path';
import type { Arrival } from '../arrivals.ts';
import type { LabCaller } from '../caller.ts';
import type { Lab } from '../lab.ts';
import { RtpCapture } from '../rtp-capture.ts';
import { hearTwoDigits } from '../told-digits.ts';
import type { MorningCaller } from './morning.ts';

/** What became of one caller, as SIP and the dialplan saw it; Gatehouse is not asked. */
export interface CallerFate {
  readonly caller: MorningCaller;
  readonly sipCallId: string;
  readonly arrival: Arrival | null;
  /** How SIPp saw it: `answered`, `hung-up` … */
  readonly sip: readonly string[];
  readonly seconds: number;
}

/** Rings one caller to the end of its script. `started` is told as soon as the INVITE is on its way. */
export async function ringCaller(
  lab: Lab,
  caller: MorningCaller,
  started?: (phone: LabCaller) => void,
): Promise<CallerFate> {
  const begun = Date.now();
  const phone = await lab.ring(caller.script, { timeoutMs: 90_000 });
  started?.(phone);
  if (caller.listens) await listenAndTell(lab, phone);
  const { calls } = await phone.finished();
  const sipCallId = phone.callId();
  const arrival = (await lab.arrivals()).find((one) => one.callId === sipCallId) ?? null;
  const seconds = (Date.now() - begun) / 1000;
  return { caller, sipCallId, arrival, sip: calls.get(sipCallId) ?? [], seconds };
}

async function listenAndTell(lab: Lab, phone: LabCaller): Promise<void> {
  const capture = await RtpCapture.start(phone.mediaPort);
  try {
    await phone.tell(await hearTwoDigits(capture, join(lab.dir, 'prompts'), 'en'));
  } finally {
    await capture.stop();
  }
}

/** Where the call was last seen: an exit, hung up by the caller before one, or nowhere at all (lost). */
export function endOf(fate: CallerFate): 'operators' | 'voicemail' | 'rejected' | 'none' | 'lost' | string {
  if (fate.arrival !== null) return fate.arrival.exit;
  return fate.sip.includes('hung-up') || fate.sip.includes('cancelled') ? 'none' : 'lost';
}
