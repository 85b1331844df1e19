import { execFile } from 'node:child_process';
import { access, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDir } from './asterisk-root.ts';
import type { CallerSounds } from './caller-scenario.ts';
import { type Tones, tones } from './tones.ts';

const exec = promisify(execFile);

export function operatorVoice(): Promise<string> {
  return voice('operator', 'Good morning, this is the switchboard. How can I help you?');
}

export async function callerSounds(): Promise<CallerSounds> {
  const words = 'Hello, this is a message about your account. Please call us back. Thank you and good bye.';
  const [fax, tty, silence] = [await tonesFile('fax'), await tonesFile('tty'), await tonesFile('silence')];
  return { voice: await voice('caller', words), fax, tty, silence };
}

function voice(name: string, words: string): Promise<string> {
  return sound(`voice-${name}`, async (made, raw) => {
    await exec('espeak-ng', ['-v', 'en-us', '-w', made, words], { timeout: 20_000 });
    await exec('sox', [made, '-r', '8000', '-c', '1', '-t', 'ul', raw, 'pad', '0', '1'], { timeout: 20_000 });
  });
}

function tonesFile(kind: Tones): Promise<string> {
  return sound(`tones-${kind}`, async (made, raw) => {
    await writeFile(made, tones(kind));
    const samples = ['-t', 's16', '-r', '8000', '-c', '1', made];
    await exec('sox', [...samples, '-t', 'ul', raw], { timeout: 20_000 });
  });
}

/** A raw µ-law file, made once and kept in the cache. */
async function sound(name: string, make: (made: string, raw: string) => Promise<void>): Promise<string> {
  const file = join(cacheDir(), `${name}.ul`);
  const there = await access(file).then(
    () => true,
    () => false,
  );
  if (there) return file;
  await mkdir(cacheDir(), { recursive: true });
  const [made, raw] = [`${file}.${process.pid}.wav`, `${file}.${process.pid}.ul`];
  await make(made, raw);
  await rename(raw, file);
  return file;
}
