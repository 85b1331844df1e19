import { open } from 'node:fs/promises';
import { hasOwnWords } from './prompt-media.ts';
import {
  findRecordings,
  type JobsOptions,
  type SoundState,
  soundJobs,
  soundPath,
  soundState,
} from './sound-jobs.ts';
import { readManifest } from './sound-manifest.ts';

/** The state of one prompt in one language. */
export interface ListedPrompt {
  /** `<language>/<prompt>`. */
  readonly key: string;
  readonly language: string;
  readonly id: string;
  /** `no-words`: no words in this language, so the default language is played. */
  readonly state: SoundState | 'no-words';
  /** The recording that it is, or will be, made from. */
  readonly recording: string | null;
  /** Null when there is no sound, or not as WAV. */
  readonly seconds: number | null;
  readonly words: string | null;
}

export interface PromptList {
  readonly prompts: readonly ListedPrompt[];
  /** Recordings without a prompt: mostly a misspelled name. */
  readonly unusedRecordings: readonly string[];
  /** Nothing is missing or stale. */
  readonly complete: boolean;
}

/** Every prompt in every language, with the state of its sound in `out`. @throws PromptRenderError */
export async function listPrompts(options: JobsOptions & { readonly out: string }): Promise<PromptList> {
  const { texts, out } = options;
  const jobs = await soundJobs(options);
  const manifest = await readManifest(out);
  const prompts: ListedPrompt[] = [];
  for (const job of jobs) {
    const { key, language, id, recording, words } = job;
    const state = await soundState(out, job, manifest);
    const seconds = await wavSeconds(soundPath(out, key, 'wav'));
    prompts.push({ key, language, id, state, recording, seconds, words });
  }
  for (const language of texts.languages)
    for (const id of texts.ids) {
      if (hasOwnWords(texts, id, language)) continue;
      const key = `${language}/${id}`;
      prompts.push({ key, language, id, state: 'no-words', recording: null, seconds: null, words: null });
    }
  const known = new Set(jobs.map(({ key }) => key));
  const recordings = await findRecordings(options.recordings ?? null);
  return {
    prompts,
    unusedRecordings: [...recordings.keys()].filter((key) => !known.has(key)),
    complete: prompts.every(({ state }) => state !== 'missing' && state !== 'stale'),
  };
}

const stateWords: Readonly<Record<ListedPrompt['state'], string>> = {
  fresh: 'ready',
  stale: 'STALE: made of other words, voice or recording',
  missing: 'MISSING',
  foreign: 'own sound in the directory',
  'no-words': 'no words of its own: the default language is heard',
};

/** A table for each language, what is missing or stale first. */
export function promptListText({ prompts, unusedRecordings, complete }: PromptList): string {
  const lines: string[] = [];
  for (const language of new Set(prompts.map((one) => one.language))) {
    const rows = prompts.filter((one) => one.language === language);
    const total = rows.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0);
    const open = rows.filter(({ state }) => state === 'missing' || state === 'stale').length;
    lines.push(`${language}: ${rows.length} prompts, ${total.toFixed(1)} s, ${open} missing or stale`);
    const width = Math.max(...rows.map(({ id }) => id.length));
    for (const { id, state, seconds, recording } of [...rows].sort((a, b) => urgency(a) - urgency(b))) {
      const time = (seconds === null ? '–' : `${seconds.toFixed(1)} s`).padStart(7);
      const own = recording === null ? '' : ' (own recording)';
      lines.push(`  ${id.padEnd(width)}  ${time}  ${stateWords[state]}${own}`);
    }
  }
  for (const key of unusedRecordings) lines.push(`recording ${key}: there is no such prompt with words`);
  lines.push(
    complete
      ? 'Every prompt has its sound.'
      : 'Run gatehouse prompts without --list to make what is missing.',
  );
  return lines.join('\n');
}

function urgency({ state }: ListedPrompt): number {
  return ['missing', 'stale', 'no-words', 'foreign', 'fresh'].indexOf(state);
}

/**
 * How long a WAV file plays, in seconds: its data size over its bytes a second (RIFF, `fmt ` and `data` chunks). Null when
 * the file is missing or not a WAV.
 */
async function wavSeconds(path: string): Promise<number | null> {
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
