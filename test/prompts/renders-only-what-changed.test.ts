import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PromptTexts } from '../../src/prompts/prompt-media.ts';
import { removePrompts, renderPrompts } from '../../src/prompts/render-prompts.ts';
import type { SpeechTools } from '../../src/prompts/speak.ts';

let dir: string;
let out: string;
let tools: SpeechTools;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'gatehouse-prompts-'));
  out = join(dir, 'sounds');
  // "Speaks" by writing its arguments and its stdin; the other one copies.
  tools = {
    espeak: script('espeak', 'echo "$@" >> "$0.calls"; for last; do :; done; { echo "$2"; cat; } > "$last"'),
    sox: script('sox', 'cp "$3" "${14}"'),
    deadlineMs: 5000,
  };
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function script(name: string, body: string): string {
  writeFileSync(join(dir, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return join(dir, name);
}

function texts(words: Record<string, Record<string, string>>): PromptTexts {
  const languages = Object.keys(words);
  const defaultLanguage = languages[0] ?? '';
  const ids = Object.keys(words[defaultLanguage] ?? {});
  const text = (id: string, language: string) =>
    words[language]?.[id] ?? words[defaultLanguage]?.[id] ?? null;
  return { languages, defaultLanguage, ids, text };
}

const render = (words: Record<string, Record<string, string>>, voices = {}) =>
  renderPrompts({ texts: texts(words), out, tools, voices });
const sound = (name: string) => readFileSync(join(out, `${name}.wav`), 'utf8');
const two = { en: { hello: 'Hello.', bye: 'Bye.' }, es: { hello: 'Hola.' } };

it('speaks every language with its voice and leaves out what has no words in it', async () => {
  const report = await render(two);
  expect(report.rendered).toEqual(['en/bye', 'en/hello', 'es/hello']);
  expect(sound('en/hello')).toBe('en-us\nHello.\n');
  expect(sound('es/hello')).toBe('es-419\nHola.\n');
  expect(existsSync(join(out, 'es/bye.wav'))).toBe(false);
});

it('leaves nothing behind but sounds that Asterisk may read', async () => {
  await render(two);
  expect(readdirSync(out).sort()).toEqual(['.gatehouse-prompts.json', 'en', 'es']);
  expect(statSync(join(out, 'en/hello.wav')).mode & 0o777).toBe(0o644);
});

it('does nothing the second time', async () => {
  await render(two);
  expect(await render(two)).toEqual({
    rendered: [],
    recorded: [],
    unchanged: ['en/hello', 'en/bye', 'es/hello'],
    kept: [],
    removed: [],
  });
});

it('knows the sounds of a run that was killed, and removes what else it left', async () => {
  const killed = `import { renderPrompts } from '${join(import.meta.dirname, '../../src/prompts/render-prompts.ts')}';
const text = (id) => id;
const texts = { languages: ['en'], defaultLanguage: 'en', ids: ['one', 'two', 'three', 'four'], text };
await renderPrompts({ texts, out: '${out}', tools: ${JSON.stringify(tools)}, voices: {} });`;
  const known = join(out, '.gatehouse-prompts.json');
  const both = `grep -q en/one ${known} && grep -q en/two ${known}`;
  const kills = `until ${both}; do sleep 0.05; done; kill -9 $PPID`;
  script(
    'espeak',
    `for last; do :; done; w=$(cat); case $w in three | four) ${kills} ;; esac; echo "$w" > "$last"`,
  );
  const { signal } = spawnSync(process.execPath, ['--input-type=module', '-e', killed]);
  expect(signal).toBe('SIGKILL');
  expect(readdirSync(out).some((name) => name.startsWith('.rendering-'))).toBe(true);
  expect(await removePrompts(out)).toEqual(['en/one', 'en/two']);
  expect(readdirSync(out)).toEqual(['en']);
  expect(readdirSync(join(out, 'en'))).toEqual([]);
});

it('renders again what has other words or another voice, and what was lost', async () => {
  await render(two);
  rmSync(join(out, 'en/bye.wav'));
  const report = await render({ ...two, es: { hello: 'Buenas.' } });
  expect(report.rendered).toEqual(['en/bye', 'es/hello']);
  expect((await render(two, { en: 'en-gb' })).rendered).toEqual(['en/bye', 'en/hello', 'es/hello']);
});

it("keeps the organization's own recordings, put there before or after", async () => {
  await render(two);
  writeFileSync(join(out, 'en/hello.wav'), 'our own voice');
  const report = await render({ en: { hello: 'Other words.', bye: 'Bye.' } });
  expect(report.kept).toEqual(['en/hello']);
  expect(sound('en/hello')).toBe('our own voice');
  // Ours at 16 kHz would be heard by wide-band callers in its place.
  expect(existsSync(join(out, 'en/hello.wav16'))).toBe(false);
  expect((await render(two)).kept).toEqual(['en/hello']);
});

it('removes what it rendered when the prompt is gone, and nothing else', async () => {
  await render(two);
  writeFileSync(join(out, 'en/bye.wav'), 'our own voice');
  writeFileSync(join(out, 'en/extra.wav'), 'not ours');
  expect((await render({ en: { new: 'New.' } })).removed).toEqual(['en/bye', 'en/hello', 'es/hello']);
  expect(readdirSync(join(out, 'en')).sort()).toEqual(['bye.wav', 'extra.wav', 'new.wav', 'new.wav16']);
});

it('removes all that it rendered, and leaves what others put there or replaced', async () => {
  await render(two);
  writeFileSync(join(out, 'en/bye.wav'), 'our own voice');
  writeFileSync(join(out, 'en/extra.wav'), 'not ours');
  expect(await removePrompts(out)).toEqual(['en/bye', 'en/hello', 'es/hello']);
  expect(readdirSync(out, { recursive: true }).sort()).toEqual(['en', 'en/bye.wav', 'en/extra.wav', 'es']);
  expect(await removePrompts(out)).toEqual([]);
});

describe('words that look like commands', () => {
  it.each(['$(touch pwned) `id` "; rm -rf /', '--version', '-w /tmp/elsewhere', "it's"])(
    '%s',
    async (words) => {
      await render({ en: { hello: words } });
      expect(sound('en/hello')).toBe(`en-us\n${words}\n`);
      expect(readFileSync(join(dir, 'espeak.calls'), 'utf8')).not.toContain(words);
    },
  );

  it.each([
    ['a prompt', { en: { '../../x': 'Hi.' } }, {}],
    ['a language', { '../en': { x: 'Hi.' } }, {}],
    ['a voice', { en: { x: 'Hi.' } }, { en: '-w/tmp/x' }],
  ])('%s with such a name is refused', async (_, words, voices) => {
    await expect(render(words, voices)).rejects.toMatchObject({ code: 'bad-name' });
  });
});

describe('a tool that is', () => {
  it('missing is named with its Debian package', async () => {
    tools = { ...tools, espeak: '/nowhere/espeak-ng' };
    await expect(render(two)).rejects.toMatchObject({
      code: 'tool-missing',
      message: expect.stringContaining('apt-get install espeak-ng'),
    });
  });

  it('failing is quoted, and what was whole before stays whole', async () => {
    await render(two);
    tools = { ...tools, espeak: script('bad', 'echo "no such voice" >&2; exit 3') };
    await expect(render({ en: { hello: 'Changed.' } })).rejects.toMatchObject({
      code: 'tool-failed',
      message: expect.stringMatching(/3: no such voice/),
    });
    expect(sound('en/hello')).toBe('en-us\nHello.\n');
    expect(readdirSync(out).sort()).toEqual(['.gatehouse-prompts.json', 'en', 'es']);
  });

  it('hanging is killed', async () => {
    tools = { ...tools, sox: script('slow', 'exec sleep 30'), deadlineMs: 200 };
    await expect(render(two)).rejects.toMatchObject({ code: 'deadline' });
  });
});
