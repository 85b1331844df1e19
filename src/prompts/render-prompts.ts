import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hasOwnWords, type PromptTexts } from './prompt-texts.ts';
import { PromptRenderError } from './run-tool.ts';
import { hashOf, hashOfFile, readManifest, type SoundManifest, writeManifest } from './sound-manifest.ts';
import { SOUND_VERSION, type SpeechTools, speak, standardTools, type Voice, voiceFor } from './speak.ts';

export interface RenderOptions {
  readonly texts: PromptTexts;
  /** Directory that gets `<language>/<prompt>.wav`; made when it is not there. */
  readonly out: string;
  /** espeak-ng voices by language, where the usual one shall not be used. */
  readonly voices?: Readonly<Record<string, string>>;
  readonly tools?: SpeechTools;
}

/** Names as `<language>/<prompt>`. */
export interface RenderReport {
  readonly rendered: readonly string[];
  /** Were there already with the same words and voice. */
  readonly unchanged: readonly string[];
  /** Somebody else's recordings; never overwritten. */
  readonly kept: readonly string[];
  /** Were rendered once and are no prompts any more. */
  readonly removed: readonly string[];
}

interface Job {
  readonly key: string;
  readonly id: string;
  readonly language: string;
  readonly words: string;
  readonly voice: Voice;
  readonly hash: string;
}

const AT_ONCE = 2;

/**
 * Renders the words of every prompt to sound files. What is unchanged is not rendered again; a file that this program
 * did not make, or that was replaced since, is the organisation's own recording and stays. Each file appears whole.
 * @throws PromptRenderError; what was rendered before stays
 */
export async function renderPrompts(options: RenderOptions): Promise<RenderReport> {
  const { texts, out, voices = {}, tools = standardTools } = options;
  const jobs = jobsOf(texts, voices);
  await mkdir(out, { recursive: true });
  const before = await readManifest(out);
  const made: Record<string, SoundManifest[string]> = {};
  const report = {
    rendered: [] as string[],
    unchanged: [] as string[],
    kept: [] as string[],
    removed: [] as string[],
  };
  const todo: Job[] = [];
  for (const job of jobs) {
    const present = await hashOfFile(soundPath(out, job.key));
    const known = before[job.key];
    if (present === null) todo.push(job);
    else if (known?.sound !== present) report.kept.push(job.key);
    else if (known.words !== job.hash) todo.push(job);
    else report.unchanged.push(job.key);
    if (known !== undefined && known.sound === present) made[job.key] = known;
  }
  const scratch = await mkdtemp(join(out, '.rendering-'));
  try {
    await inParallel(todo, async (job) => {
      made[job.key] = { words: job.hash, sound: await render(job, out, scratch, tools) };
      report.rendered.push(job.key);
    });
    report.removed.push(...(await removeStale(out, before, jobs)));
  } finally {
    await rm(scratch, { recursive: true, force: true });
    await writeManifest(out, made);
  }
  report.rendered.sort();
  return report;
}

function jobsOf(texts: PromptTexts, voices: Readonly<Record<string, string>>): Job[] {
  const jobs: Job[] = [];
  for (const language of texts.languages)
    for (const id of texts.ids) {
      if (!hasOwnWords(texts, id, language)) continue;
      // Both become parts of a path, and the voice an argument.
      if (
        !/^[A-Za-z0-9][A-Za-z0-9-]{0,47}$/.test(id) ||
        !/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(language)
      )
        throw new PromptRenderError(
          'bad-name',
          `${JSON.stringify(`${language}/${id}`)} cannot be a file name`,
        );
      const words = (texts.text(id, language) ?? '').replace(/\s+/g, ' ').trim();
      if (words === '') throw new PromptRenderError('no-words', `prompt ${language}/${id} has no words`);
      const voice = voiceFor(language, voices);
      if (!/^[a-z0-9][a-z0-9+_-]{0,40}$/i.test(voice.name))
        throw new PromptRenderError('bad-name', `${JSON.stringify(voice.name)} cannot be a voice`);
      const hash = hashOf(JSON.stringify([SOUND_VERSION, voice, words]));
      jobs.push({ key: `${language}/${id}`, id, language, words, voice, hash });
    }
  return jobs;
}

/** Returns the hash of the sound file. */
async function render(job: Job, out: string, scratch: string, tools: SpeechTools): Promise<string> {
  const name = job.key.replace('/', '.');
  const sound = join(scratch, `${name}.wav`);
  try {
    await speak(job.words, job.voice, join(scratch, `${name}.raw.wav`), sound, tools);
  } catch (error) {
    if (!(error instanceof PromptRenderError)) throw error;
    throw new PromptRenderError(error.code, `${job.key} (voice ${job.voice.name}): ${error.message}`, error);
  }
  const hash = await hashOfFile(sound);
  if (hash === null) throw new PromptRenderError('tool-failed', `${tools.sox} wrote no sound for ${job.key}`);
  await mkdir(join(out, job.language), { recursive: true });
  // Asterisk runs as another user.
  await chmod(sound, 0o644);
  await rename(sound, soundPath(out, job.key));
  return hash;
}

async function removeStale(out: string, before: SoundManifest, jobs: readonly Job[]): Promise<string[]> {
  const wanted = new Set(jobs.map(({ key }) => key));
  const removed: string[] = [];
  for (const [key, { sound }] of Object.entries(before)) {
    if (wanted.has(key) || !/^[A-Za-z0-9-]+\/[A-Za-z0-9-]+$/.test(key)) continue;
    if ((await hashOfFile(soundPath(out, key))) !== sound) continue;
    await rm(soundPath(out, key), { force: true });
    removed.push(key);
  }
  return removed;
}

function soundPath(out: string, key: string): string {
  return join(out, `${key}.wav`);
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  const workers = await Promise.allSettled(Array.from({ length: AT_ONCE }, worker));
  const failed = workers.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
