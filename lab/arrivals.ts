import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A call that reached an exit of the dialplan, as the lab's own `gatehouse-on-exit` hook wrote it down. */
export interface Arrival {
  /** ISO 8601, ms. */
  readonly time: string;
  /** SIP Call-ID of the trunk's INVITE. */
  readonly callId: string;
  /** operators, voicemail, rejected, or a further exit's name. */
  readonly exit: string;
  readonly callerNumber: string;
  /** The caller name that the operator's phone shows. */
  readonly callerName: string;
  /** Asterisk's unique id of the channel. */
  readonly uniqueId: string;
  readonly calledNumber: string;
}

export async function readArrivals(labDir: string): Promise<Arrival[]> {
  const text = await readFile(join(labDir, 'arrivals.log'), 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    const [at, callId, exit, number, name, uniqueId, called] = line.split(',');
    if (called === undefined) return [];
    return [
      {
        time: new Date(Number(at)).toISOString(),
        callId: decode(callId),
        exit: exit ?? '',
        callerNumber: decode(number),
        // Encoded twice, as the dialplan's own values are.
        callerName: decode(percentDecoded(name ?? '')),
        uniqueId: decode(uniqueId),
        calledNumber: decode(called),
      },
    ];
  });
}

/** Asterisk cuts by bytes: the last character may be half there. */
function decode(text = ''): string {
  return Buffer.from(percentDecoded(text), 'latin1').toString('utf8');
}

function percentDecoded(text: string): string {
  return text.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
