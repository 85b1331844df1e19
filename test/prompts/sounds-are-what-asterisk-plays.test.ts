import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderPrompts } from '../../src/prompts/render-prompts.ts';

const there = ['espeak-ng', 'sox'].every((tool) => spawnSync(tool, ['--version']).error === undefined);

/** With the real espeak-ng and sox, where they are installed (the set-up installs them). */
describe.skipIf(!there)('a rendered prompt', () => {
  const out = mkdtempSync(join(tmpdir(), 'gatehouse-sounds-'));
  const words: Record<string, string> = {
    en: 'To be connected, press 1.',
    es: 'Para hablar con nosotros, marque 1.',
  };
  const texts = {
    languages: ['en', 'es'],
    defaultLanguage: 'en',
    ids: ['press-1'],
    text: (_id: string, language: string) => words[language] ?? null,
  };
  const wav = (language: string) => readFileSync(join(out, language, 'press-1.wav'));
  const samples = (file: Buffer) =>
    Array.from({ length: (file.length - 44) / 2 }, (_, i) => file.readInt16LE(44 + 2 * i));

  beforeAll(() => renderPrompts({ texts, out }));
  afterAll(() => rmSync(out, { recursive: true, force: true }));

  it('is WAV, PCM, mono, 8 kHz, 16 bit, with a plain header', () => {
    const file = wav('en');
    expect([
      file.toString('latin1', 0, 4),
      file.toString('latin1', 8, 16),
      file.toString('latin1', 36, 40),
    ]).toEqual(['RIFF', 'WAVEfmt ', 'data']);
    expect(file.readUInt16LE(20)).toBe(1);
    expect([file.readUInt16LE(22), file.readUInt32LE(24), file.readUInt16LE(34)]).toEqual([1, 8000, 16]);
    expect(file.readUInt32LE(40)).toBe(file.length - 44);
  });

  it('lasts as long as such words do, peaks 3 dB below full scale and ends in silence', () => {
    const heard = samples(wav('en'));
    expect(heard.length / 8000).toBeGreaterThan(1);
    expect(heard.length / 8000).toBeLessThan(6);
    const peak = heard.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    expect(20 * Math.log10(peak / 32768)).toBeCloseTo(-3, 0);
    expect(heard.slice(-1900).every((sample) => Math.abs(sample) < 50)).toBe(true);
  });

  it('is another sound in another language, and the same when made again', async () => {
    expect(wav('en').equals(wav('es'))).toBe(false);
    const first = wav('es');
    rmSync(join(out, 'es', 'press-1.wav'));
    await renderPrompts({ texts, out });
    expect(wav('es').equals(first)).toBe(true);
  });

  it('names a voice that espeak-ng does not have', async () => {
    const broken = renderPrompts({ texts, out: join(out, 'other'), voices: { en: 'xx-nowhere' } });
    await expect(broken).rejects.toMatchObject({
      code: 'tool-failed',
      message: expect.stringContaining('xx-nowhere'),
    });
  });
});
