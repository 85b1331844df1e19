import { hash } from 'node:crypto';

/** 96 bits: short enough to keep for every call, long enough that no two calls of a day share it. */
export function callDigest(callId: string): string {
  return digestOf(callId).subarray(0, 12).toString('base64url');
}

/** The keys of one call are asked for one after another. */
let last = { callId: '', digest: hash('sha256', '', 'buffer') };

/** SHA-256. */
export function digestOf(callId: string): Buffer {
  if (last.callId !== callId) last = { callId, digest: hash('sha256', callId, 'buffer') };
  return last.digest;
}
