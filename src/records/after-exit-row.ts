import type { AfterExit } from '../screening/ports.ts';

/** Bytes of a row: one that says it is there, answered and talk (ms, 32 bits each), cause. */
export const afterExitBytes = 10;

const isThere = 1;
const notAnswered = 0xffff_ffff;
const noCause = 255;

export function afterExitRow({ answeredMs, talkMs, cause }: AfterExit): Buffer {
  const row = Buffer.alloc(afterExitBytes);
  row[0] = isThere;
  row.writeUInt32BE(answeredMs === null ? notAnswered : within(answeredMs, notAnswered - 1), 1);
  row.writeUInt32BE(within(talkMs, notAnswered), 5);
  // Q.850 causes have seven bits.
  row[9] = cause === null ? noCause : within(cause, noCause - 1);
  return row;
}

/** Null: nothing is told of the call, or it is no such row. */
export function afterExitFrom(row: Buffer | null): AfterExit | null {
  if (row === null || row.length !== afterExitBytes || row[0] !== isThere) return null;
  const answered = row.readUInt32BE(1);
  const cause = row.readUInt8(9);
  return {
    answeredMs: answered === notAnswered ? null : answered,
    talkMs: row.readUInt32BE(5),
    cause: cause === noCause ? null : cause,
  };
}

function within(value: number, most: number): number {
  return Number.isFinite(value) ? Math.max(0, Math.min(most, Math.round(value))) : 0;
}
