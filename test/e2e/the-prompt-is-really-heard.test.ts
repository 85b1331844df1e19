import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spanishLine, switchboard } from '../../lab/demo/morning.ts';
import { Lab } from '../../lab/lab.ts';
import { findSound, readWav } from '../../lab/listening.ts';
import { RtpCapture } from '../../lab/rtp-capture.ts';

/** Samples at 8 kHz. */
const second = 8000;

describe('what the caller hears, captured as RTP and compared with the sound files', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.up();
  });
  afterAll(async () => {
    await lab?.down();
  });

  async function hear(to: string, holdMs: number, from = '+12125550160'): Promise<Int16Array> {
    const phone = await lab.ring({ from, to, steps: [{ hold: holdMs }] });
    const capture = await RtpCapture.start(phone.mediaPort);
    try {
      await phone.finished();
      return capture.samples();
    } finally {
      await capture.stop();
    }
  }

  const prompt = (language: string, id: string): Promise<Int16Array> =>
    readWav(join(lab.dir, 'prompts', language, `${id}.wav`));

  it('is the press-1 prompt in English, whole and within the first seconds', async () => {
    const heard = await hear(switchboard, 12_000);
    const same = findSound(heard, await prompt('en', 'press-1'), 0, 4 * second);
    expect(same.likeness).toBeGreaterThan(0.9);
    const other = findSound(heard, await prompt('en', 'to-voicemail'), 0, 4 * second);
    expect(other.likeness).toBeLessThan(0.5);
  });

  it('is Spanish on the line whose callers speak Spanish', async () => {
    const heard = await hear(spanishLine, 12_000, '+12125550161');
    expect(findSound(heard, await prompt('es', 'press-1'), 0, 4 * second).likeness).toBeGreaterThan(0.9);
    expect(findSound(heard, await prompt('en', 'press-1'), 0, 4 * second).likeness).toBeLessThan(0.5);
  });

  it('is asked again in other words after silence, not after the first prompt alone', async () => {
    const heard = await hear(switchboard, 25_000, '+12125550162');
    const retry = findSound(heard, await prompt('en', 'press-1-retry-silent'), 6 * second);
    expect(retry.likeness).toBeGreaterThan(0.9);
    expect(findSound(heard, await prompt('en', 'press-1-retry-wrong'), 6 * second).likeness).toBeLessThan(
      0.6,
    );
  });
});
