import { chmod, glob, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { PromptTexts } from './prompt-media.ts';
import { PromptRenderError } from './run-tool.ts';
import { type SoundJob, soundJobs, soundPath, soundState } from './sound-jobs.ts';
import {
  hashOfFile,
  readManifest,
  removeManifest,
  type SoundManifest,
  writeManifest,
} from './sound-manifest.ts';
import { convert, type SpeechTools, soundFormats, speak, standardTools } from './speak.ts';

export interface RenderOptions {
  readonly texts: PromptTexts;
  /** Directory that gets `<language>/<prompt>.wav` and `.wav16`; created when it is missing. */
  readonly out: string;
  /** espeak-ng voices by language, instead of the defaults. */
  readonly voices?: Readonly<Record<string, string>>;
  /** Directory of own recordings, `<language>/<prompt>.wav`: preferred to speech synthesis. */
  readonly recordings?: string | null;
  readonly tools?: SpeechTools;
}

/** Names as `<language>/<prompt>`. */
export interface RenderReport {
  readonly rendered: readonly string[];
  /** Those of them made from recordings. */
  readonly recorded: readonly string[];
  /** Up to date: made from the same words and voice, or the same recording. */
  readonly unchanged: readonly string[];
  /** The organization's own sounds in the directory; never overwritten. */
  readonly kept: readonly string[];
  /** Rendered before, for prompts that no longer exist. */
  readonly removed: readonly string[];
}

const maxParallel = 2;
const scratchName = '.rendering-';
/** Longer than any run. */
const forgottenMs = 3_600_000;

/**
 * Makes the sound files of every prompt, at 8 and at 16 kHz. Unchanged ones are not made again; a file that this program did not
 * make, or that was replaced since, is the organization's own and stays. Each file is renamed into place when complete.
 * @throws PromptRenderError; what was rendered before stays
 */
export async function renderPrompts(options: RenderOptions): Promise<RenderReport> {
  const { out, tools = standardTools } = options;
  const jobs = await soundJobs({ ...options, tools });
  await mkdir(out, { recursive: true });
  const before = await readManifest(out);
  const made: SoundManifest & Record<string, SoundManifest[string]> = {};
  const [rendered, unchanged, kept]: [string[], string[], string[]] = [[], [], []];
  let removed: string[] = [];
  const todo: SoundJob[] = [];
  for (const job of jobs) {
    const state = await soundState(out, job, before);
    const known = before[job.key];
    if (state === 'foreign') {
      kept.push(job.key);
      await removeOurs(out, job.key, known);
    } else {
      if (state === 'fresh') unchanged.push(job.key);
      else todo.push(job);
      if (known !== undefined) made[job.key] = known;
    }
  }
  await removeScratch(out, Date.now() - forgottenMs);
  const scratch = await mkdtemp(join(out, scratchName));
  let noted = Promise.resolve();
  try {
    await inParallel(todo, async (job) => {
      made[job.key] = { words: job.hash, ...(await render(job, out, scratch, tools)) };
      rendered.push(job.key);
      // A run that is killed leaves sounds that are still known to be ours.
      noted = noted.then(() => writeManifest(out, { ...before, ...made }));
      await noted;
    });
    removed = await removeStale(out, before, jobs);
  } finally {
    await rm(scratch, { recursive: true, force: true });
    await writeManifest(out, made);
  }
  rendered.sort();
  const own = new Set(jobs.filter(({ recording }) => recording !== null).map(({ key }) => key));
  return { rendered, recorded: rendered.filter((key) => own.has(key)), unchanged, kept, removed };
}

/**
 * Removes every sound that this program made in `out`, and nothing else: what an organization put there or replaced stays.
 * Returns their names.
 */
export async function removePrompts(out: string): Promise<string[]> {
  const removed = await removeStale(out, await readManifest(out), []);
  await removeScratch(out, Date.now());
  await removeManifest(out);
  return removed.sort();
}

/** What a run that was killed before `untilMs` (epoch) has left. */
async function removeScratch(out: string, untilMs: number): Promise<void> {
  for await (const name of glob(`${scratchName}*`, { cwd: out })) {
    const dir = join(out, name);
    if ((await stat(dir)).mtimeMs <= untilMs) await rm(dir, { recursive: true, force: true });
  }
}

/** Returns the hashes of the sound files. */
async function render(
  job: SoundJob,
  out: string,
  scratch: string,
  tools: SpeechTools,
): Promise<{ sound: string; wide: string }> {
  const name = job.key.replace('/', '.');
  const raw = job.recording ?? join(scratch, `${name}.raw.wav`);
  const ready: { from: string; to: string; hash: string }[] = [];
  try {
    if (job.recording === null) await speak(job.words, job.language, job.voice, raw, tools);
    for (const { extension, rate } of soundFormats) {
      const from = join(scratch, `${name}.${extension}`);
      await convert(raw, from, rate, job.recording === null ? 'spoken' : 'recording', tools);
      const hash = await hashOfFile(from);
      if (hash === null) throw new PromptRenderError('tool-failed', `${tools.sox} wrote no sound`);
      ready.push({ from, to: soundPath(out, job.key, extension), hash });
    }
  } catch (error) {
    if (!(error instanceof PromptRenderError)) throw error;
    const madeOf = job.recording ?? (tools.command ? tools.command.program : `voice ${job.voice.name}`);
    throw new PromptRenderError(error.code, `${job.key} (${madeOf}): ${error.message}`, error);
  }
  await mkdir(join(out, job.language), { recursive: true });
  for (const { from, to } of ready) {
    // Asterisk runs as another user.
    await chmod(from, 0o644);
    await rename(from, to);
  }
  const [narrow, wide] = ready;
  return { sound: narrow?.hash ?? '', wide: wide?.hash ?? '' };
}

/** Removes our sounds whose prompt is gone. */
async function removeStale(out: string, before: SoundManifest, jobs: readonly SoundJob[]): Promise<string[]> {
  const wanted = new Set(jobs.map(({ key }) => key));
  const removed: string[] = [];
  for (const [key, known] of Object.entries(before)) {
    if (wanted.has(key) || !/^[A-Za-z0-9-]+\/[A-Za-z0-9-]+$/.test(key)) continue;
    if (await removeOurs(out, key, known)) removed.push(key);
  }
  return removed;
}

/** Beside the organization's sound some calls would still play ours. True when there was one. */
async function removeOurs(
  out: string,
  key: string,
  known: SoundManifest[string] | undefined,
): Promise<boolean> {
  let any = false;
  for (const { extension } of soundFormats) {
    const path = soundPath(out, key, extension);
    const hash = await hashOfFile(path);
    if (hash === null || hash !== (extension === 'wav' ? known?.sound : known?.wide)) continue;
    await rm(path, { force: true });
    any = true;
  }
  return any;
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  const workers = await Promise.allSettled(Array.from({ length: maxParallel }, worker));
  const failed = workers.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
