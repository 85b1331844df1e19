import { open } from 'node:fs/promises';

/**
 * How long a WAV file plays, in seconds: its data size over its bytes a second (RIFF, `fmt ` and `data` chunks). Null when
 * it is not there or is none.
 */
export async function wavSeconds(path: string): Promise<number | null> {
  const file = await open(path).catch(() => null);
  if (file === null) return null;
  try {
    const { size } = await file.stat();
    const head = Buffer.alloc(Math.min(size, 65_536));
    await file.read(head, 0, head.length, 0);
    return secondsOf(head, size);
  } catch {
    return null;
  } finally {
    await file.close();
  }
}

function secondsOf(head: Buffer, size: number): number | null {
  if (head.length < 12 || head.toString('latin1', 0, 4) !== 'RIFF') return null;
  let bytesASecond = 0;
  for (let at = 12; at + 8 <= head.length; ) {
    const id = head.toString('latin1', at, at + 4);
    const length = head.readUInt32LE(at + 4);
    if (id === 'fmt ' && at + 20 <= head.length) bytesASecond = head.readUInt32LE(at + 16);
    // A length that was never filled in runs to the end of the file.
    if (id === 'data') return bytesASecond > 0 ? Math.min(length, size - at - 8) / bytesASecond : null;
    at += 8 + length + (length % 2);
  }
  return null;
}
