import { readFile } from 'node:fs/promises';

/** One SIP message that a SIPp of the lab sent or received, as `-trace_shortmsg` writes it down. */
export interface SipMessage {
  /** Epoch ms. */
  readonly at: number;
  readonly isSent: boolean;
  readonly callId: string;
  /** Method of its CSeq. */
  readonly method: string;
  /** Null: a request. */
  readonly status: number | null;
}

/** Repeated messages included, in order of time; empty when the file is not there. */
export async function readMessages(file: string): Promise<SipMessage[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    const [, , epoch, direction, callId, sequence, first] = line.split('\t');
    const method = /^CSeq:\s*\d+ (\w+)/.exec(sequence ?? '')?.[1];
    if (method === undefined || first === undefined || callId === undefined) return [];
    const status = /^SIP\/2\.0 (\d{3})/.exec(first)?.[1];
    return [
      {
        at: Math.round(Number(epoch) * 1000),
        isSent: direction === 'S',
        callId,
        method,
        status: status === undefined ? null : Number(status),
      },
    ];
  });
}
