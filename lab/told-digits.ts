import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findSound, readWav } from './listening.ts';
import type { RtpCapture } from './rtp-capture.ts';

/** Below this two sounds are not the same. Measured: a digit against itself through µ-law above 0.95, against another below 0.5. */
const sameSound = 0.8;

/**
 * Listens like a person for the two digits that the two-digits challenge speaks; resolves with them in order.
 * Rejects after `timeoutMs`.
 */
export async function hearTwoDigits(
  capture: RtpCapture,
  promptsDir: string,
  language: string,
  timeoutMs = 20_000,
): Promise<string> {
  const sounds = await Promise.all(
    Array.from('0123456789', async (digit) => ({
      digit,
      sound: await readWav(join(promptsDir, language, `digit-${digit}.wav`)),
    })),
  );
  const intro = await readWav(join(promptsDir, language, 'two-digits.wav'));
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    await sleep(500);
    const heard = capture.samples();
    // Nothing before the end of the introduction can be the digits.
    const from = Math.max(0, intro.length - 8000);
    if (heard.length < from + 8000) continue;
    const found = sounds
      .map(({ digit, sound }) => ({ digit, ...findSound(heard, sound, from) }))
      .filter((match) => match.likeness >= sameSound)
      .sort((a, b) => a.at - b.at);
    if (found.length === 2) return found.map((match) => match.digit).join('');
  }
  throw new Error(
    `the two digits were not heard within ${timeoutMs / 1000} s (${capture.packets.length} packets)`,
  );
}
