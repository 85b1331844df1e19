import { execFile } from 'node:child_process';
import { access, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDir } from './asterisk-root.ts';

const exec = promisify(execFile);

export function operatorVoice(): Promise<string> {
  return voice('operator', 'Good morning, this is the switchboard. How can I help you?');
}

export function callerVoice(): Promise<string> {
  return voice(
    'caller',
    'Hello, this is a message about your account. Please call us back. Thank you and good bye.',
  );
}

/** A raw µ-law file of these words, made once and kept in the cache. */
async function voice(name: string, words: string): Promise<string> {
  const file = join(cacheDir(), `voice-${name}.ul`);
  const there = await access(file).then(
    () => true,
    () => false,
  );
  if (there) return file;
  await mkdir(cacheDir(), { recursive: true });
  const wav = `${file}.${process.pid}.wav`;
  const raw = `${file}.${process.pid}.ul`;
  await exec('espeak-ng', ['-v', 'en-us', '-w', wav, words], { timeout: 20_000 });
  await exec('sox', [wav, '-r', '8000', '-c', '1', '-t', 'ul', raw, 'pad', '0', '1'], { timeout: 20_000 });
  await rename(raw, file);
  return file;
}
