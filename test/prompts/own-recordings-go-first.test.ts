import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listPrompts, promptListText } from '../../src/prompts/prompt-list.ts';
import { renderPrompts } from '../../src/prompts/render-prompts.ts';
import { standardTools } from '../../src/prompts/speak.ts';

const there = ['espeak-ng', 'sox'].every((tool) => spawnSync(tool, ['--version']).error === undefined);

let dir: string;
let out: string;
let recordings: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'gatehouse-recordings-'));
  out = join(dir, 'sounds');
  recordings = join(dir, 'recordings');
  mkdirSync(join(recordings, 'en'), { recursive: true });
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const texts = {
  languages: ['en', 'es'],
  defaultLanguage: 'en',
  ids: ['hello', 'bye'],
  text: (id: string, language: string) => {
    if (id === 'bye') return 'Goodbye.';
    return language === 'es' ? 'Hola.' : 'Hello.';
  },
};
const options = () => ({ texts, out, recordings, tools: standardTools });

/** A tone of so many seconds, at 44.1 kHz in stereo, as a studio delivers. */
function record(name: string, seconds: number): void {
  const tone = ['synth', String(seconds), 'sine', '440', 'gain', '-20'];
  execFileSync('sox', ['-n', '-r', '44100', '-c', '2', join(recordings, name), ...tone]);
}

/** Rate and seconds of a file we made. */
function heard(name: string): { rate: number; channels: number; seconds: number; peakDb: number } {
  const file = readFileSync(join(out, name));
  const rate = file.readUInt32LE(24);
  const samples = (file.length - 44) / 2;
  let peak = 1;
  for (let at = 44; at + 1 < file.length; at += 2) peak = Math.max(peak, Math.abs(file.readInt16LE(at)));
  return {
    rate,
    channels: file.readUInt16LE(22),
    seconds: samples / rate,
    peakDb: 20 * Math.log10(peak / 32768),
  };
}

describe.skipIf(!there)('with the real sox and espeak-ng', () => {
  it('a recording is heard in place of the words, at both rates, as loud and as long as it is', async () => {
    record('en/hello.wav', 2.5);
    const report = await renderPrompts(options());
    expect(report).toMatchObject({ rendered: ['en/bye', 'en/hello', 'es/hello'], recorded: ['en/hello'] });
    for (const [name, rate] of [
      ['en/hello.wav', 8000],
      ['en/hello.wav16', 16_000],
    ] as const) {
      expect(heard(name)).toMatchObject({ rate, channels: 1 });
      expect(heard(name).seconds).toBeCloseTo(2.5, 2);
      expect(heard(name).peakDb).toBeCloseTo(-20, 0);
    }
    // The words of the others are spoken, at both rates.
    expect(heard('en/bye.wav16')).toMatchObject({ rate: 16_000 });
    expect(heard('en/bye.wav').peakDb).toBeCloseTo(-3, 0);
    expect((await renderPrompts(options())).unchanged).toEqual(['en/hello', 'en/bye', 'es/hello']);
  });

  it('another recording is made again, and without one the words are spoken again', async () => {
    record('en/hello.wav', 1);
    await renderPrompts(options());
    record('en/hello.wav', 2);
    expect((await renderPrompts(options())).rendered).toEqual(['en/hello']);
    expect(heard('en/hello.wav').seconds).toBeCloseTo(2, 2);
    rmSync(join(recordings, 'en/hello.wav'));
    expect((await renderPrompts(options())).rendered).toEqual(['en/hello']);
    expect(heard('en/hello.wav').peakDb).toBeCloseTo(-3, 0);
  });

  it('lists what is missing, stale and misspelt, with durations', async () => {
    const empty = await listPrompts(options());
    expect(empty.prompts.map(({ key, state }) => `${key} ${state}`)).toEqual([
      'en/hello missing',
      'en/bye missing',
      'es/hello missing',
      'es/bye no-words',
    ]);
    expect(empty.complete).toBe(false);
    await renderPrompts(options());
    record('en/hello.wav', 1.5);
    record('en/helo.wav', 1);
    const later = await listPrompts(options());
    expect(later.prompts[0]).toMatchObject({ state: 'stale', recording: join(recordings, 'en/hello.wav') });
    expect(later.prompts[1]).toMatchObject({ state: 'fresh', recording: null });
    expect(later.prompts[1]?.seconds).toBeGreaterThan(0.5);
    expect(later.unusedRecordings).toEqual(['en/helo']);
    expect(promptListText(later)).toMatch(/^en: 2 prompts, \d+\.\d s, 1 missing or stale\n {2}hello .*STALE/);
    await renderPrompts(options());
    expect((await listPrompts(options())).complete).toBe(true);
  });
});

describe('another program that speaks', () => {
  const script = (body: string): string => {
    const path = join(dir, 'speaker with blanks');
    writeFileSync(path, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    return path;
  };
  /** Copies instead of converting. */
  const sox = (): string => {
    const path = join(dir, 'sox');
    writeFileSync(path, '#!/bin/sh\ncp "$3" "${14}"\n', { mode: 0o755 });
    return path;
  };

  it('gets the words as a file and as stdin, the language and the place, and no shell sees any of it', async () => {
    const { speechCommand } = await import('../../src/prompts/speak.ts');
    const speaker = script('{ echo "$1|$4"; cat "$3"; cat; } > "$2"');
    const command = speechCommand(`"${speaker}" --lang={language} {out} {text-file} '$(touch pwned); a  b'`);
    const hostile = { ...texts, languages: ['en'], ids: ['x'], text: () => '$(touch pwned) `id` "quoted"' };
    const tools = { ...standardTools, sox: sox(), command };
    await renderPrompts({ texts: hostile, out, tools });
    const spoken = '$(touch pwned) `id` "quoted"\n';
    const first = '--lang=en|$(touch pwned); a  b\n';
    expect(readFileSync(join(out, 'en/x.wav'), 'utf8')).toBe(first + spoken + spoken);
    expect(existsSync('pwned')).toBe(false);
    // Another command is another voice.
    const other = { ...tools, command: speechCommand(`"${speaker}" {language} {out} {text-file}`) };
    expect((await renderPrompts({ texts: hostile, out, tools: other })).rendered).toEqual(['en/x']);
    expect((await renderPrompts({ texts: hostile, out, tools: other })).unchanged).toEqual(['en/x']);
  });

  it('that is not there or writes nothing is named with its prompt', async () => {
    const { speechCommand } = await import('../../src/prompts/speak.ts');
    const missing = { ...standardTools, command: speechCommand('/nowhere/speaker {out}') };
    await expect(renderPrompts({ texts, out, tools: missing })).rejects.toMatchObject({
      code: 'tool-missing',
      message: expect.stringMatching(/en\/\w+ \(\/nowhere\/speaker\).*not installed/),
    });
    const silent = { ...standardTools, sox: sox(), command: speechCommand(`"${script('exit 0')}" {out}`) };
    await expect(renderPrompts({ texts, out, tools: silent })).rejects.toMatchObject({ code: 'tool-failed' });
  });

  it.each([
    ['', 'names no program'],
    ['speak {text-file}', 'has no {out}'],
    ['speak {out} {voice}', '{voice} is not known'],
    ["speak '{out}", 'not closed'],
    ['{out} {out}', 'cannot be a placeholder'],
  ])('%s', async (line, reason) => {
    const { speechCommand } = await import('../../src/prompts/speak.ts');
    expect(() => speechCommand(line)).toThrow(expect.objectContaining({ code: 'bad-command' }));
    expect(() => speechCommand(line)).toThrow(reason);
  });
});
