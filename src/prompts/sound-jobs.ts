import { readdir } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { hasOwnWords, type PromptTexts } from './prompt-media.ts';
import { PromptRenderError } from './run-tool.ts';
import { hashOf, hashOfFile, type SoundManifest } from './sound-manifest.ts';
import { SOUND_VERSION, type SpeechTools, soundFormats, type Voice, voiceFor } from './speak.ts';

/** One prompt in one language, and what its sound is made from. */
export interface SoundJob {
  /** `<language>/<prompt>`. */
  readonly key: string;
  readonly id: string;
  readonly language: string;
  readonly words: string;
  readonly voice: Voice;
  /** The organization's own recording, preferred to speech synthesis. */
  readonly recording: string | null;
  /** Of all that the sound depends on. */
  readonly hash: string;
}

/** `fresh`: made from exactly this; `stale`: made from something else; `foreign`: put into the directory by the organization. */
export type SoundState = 'fresh' | 'stale' | 'missing' | 'foreign';

export interface JobsOptions {
  readonly texts: PromptTexts;
  /** espeak-ng voices by language, instead of the defaults. */
  readonly voices?: Readonly<Record<string, string>>;
  /** Directory of own recordings. */
  readonly recordings?: string | null;
  readonly tools?: Pick<SpeechTools, 'command'>;
}

/** @throws PromptRenderError `bad-name`, `no-words` */
export async function soundJobs(options: JobsOptions): Promise<SoundJob[]> {
  const { texts, voices = {}, tools } = options;
  const recordings = await findRecordings(options.recordings ?? null);
  const jobs: SoundJob[] = [];
  for (const language of texts.languages)
    for (const id of texts.ids) {
      if (!hasOwnWords(texts, id, language)) continue;
      const key = checkedKey(language, id);
      const words = (texts.text(id, language) ?? '').replace(/\s+/g, ' ').trim();
      if (words === '') throw new PromptRenderError('no-words', `prompt ${key} has no words`);
      const voice = voiceFor(language, voices);
      if (!/^[a-z0-9][a-z0-9+_-]{0,40}$/i.test(voice.name))
        throw new PromptRenderError('bad-name', `${JSON.stringify(voice.name)} cannot be a voice`);
      const recording = recordings.get(key)?.path ?? null;
      const spoken = tools?.command ? ['command', tools.command, language, words] : [voice, words];
      const madeOf = recording === null ? spoken : ['recording', await hashOfFile(recording)];
      jobs.push({
        key,
        id,
        language,
        words,
        voice,
        recording,
        hash: hashOf(JSON.stringify([SOUND_VERSION, ...madeOf])),
      });
    }
  return jobs;
}

/** Both become parts of a path. */
function checkedKey(language: string, id: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9-]{0,47}$/.test(id) && /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(language))
    return `${language}/${id}`;
  throw new PromptRenderError('bad-name', `${JSON.stringify(`${language}/${id}`)} cannot be a file name`);
}

/** The state of a job's sound in the directory `out`. */
export async function soundState(out: string, job: SoundJob, before: SoundManifest): Promise<SoundState> {
  const known = before[job.key];
  const [narrow, wide] = await Promise.all(
    soundFormats.map((one) => hashOfFile(soundPath(out, job.key, one.extension))),
  );
  const isForeign = (hash: string | null | undefined, ours: string | null | undefined) =>
    typeof hash === 'string' && hash !== ours;
  if (isForeign(narrow, known?.sound) || isForeign(wide, known?.wide)) return 'foreign';
  const hasOther = (await otherFormats(out, job)).length > 0;
  if (hasOther) return 'foreign';
  if (narrow === null || wide === null || known === undefined) return 'missing';
  return known.words === job.hash ? 'fresh' : 'stale';
}

/** Files of the prompt in other formats than ours: Asterisk may play them too. */
async function otherFormats(out: string, { language, id }: SoundJob): Promise<string[]> {
  const ours = soundFormats.map(({ extension }) => `${id}.${extension}`);
  const names = await namesIn(join(out, language));
  return names.filter((name) => name.startsWith(`${id}.`) && !ours.includes(name));
}

export function soundPath(out: string, key: string, extension: string): string {
  return join(out, `${key}.${extension}`);
}

/** Formats that sox recognizes by file name, which Asterisk's raw formats are not. */
const readable = ['.wav', '.flac', '.aiff', '.aif', '.ogg', '.mp3', '.gsm'];

/** The organization's own recording: `<language>/<prompt>.wav` below a directory. */
interface Recording {
  /** `<language>/<prompt>`. */
  readonly key: string;
  readonly path: string;
}

/** Recordings by `<language>/<prompt>`; none when the directory is missing. Of several for one prompt, the WAV. */
export async function findRecordings(dir: string | null): Promise<ReadonlyMap<string, Recording>> {
  const found = new Map<string, Recording>();
  if (dir === null) return found;
  for (const language of await namesIn(dir)) {
    const names = await namesIn(join(dir, language));
    for (const extension of readable)
      for (const name of names) {
        if (extname(name).toLowerCase() !== extension || name.startsWith('.')) continue;
        const key = `${language}/${name.slice(0, -extension.length)}`;
        // Absolute: a program must not read a name as an option.
        if (!found.has(key)) found.set(key, { key, path: resolve(dir, language, name) });
      }
  }
  return found;
}

/** Sorted; empty when it is not a directory. */
async function namesIn(dir: string): Promise<string[]> {
  try {
    return (await readdir(dir)).sort();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}
