import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Command } from 'commander';
import { defaultWords, settingText } from '../config/read-setting.ts';
import { formatProblem, hasErrors } from '../policy/problem.ts';
import { listPrompts, type PromptList, promptListText } from '../prompts/prompt-list.ts';
import type { PromptTexts } from '../prompts/prompt-media.ts';
import { type RenderReport, removePrompts, renderPrompts } from '../prompts/render-prompts.ts';
import { soundPath } from '../prompts/sound-jobs.ts';
import { type SpeechTools, speechCommand, standardTools } from '../prompts/speak.ts';
import { loadRules } from '../rules/read-rules.ts';
import { wrapped } from '../terminal/screen.ts';
import { type JsonFields, picked, withJsonOption } from './command/json-option.ts';
import { rulesDir, withRulesOption } from './command/options.ts';

interface PromptsOptions {
  readonly rules?: string;
  readonly out: string;
  readonly recordings?: string;
  readonly voice?: readonly string[];
  readonly tts?: string;
  readonly list?: true;
  readonly play?: readonly string[] | true;
  readonly remove?: true;
  readonly json?: JsonFields;
}

/** Of `--list`, then of what was made or removed. */
const fields: readonly (keyof PromptList | keyof RenderReport)[] = [
  ...(['prompts', 'unusedRecordings', 'complete'] as const),
  ...(['rendered', 'recorded', 'unchanged', 'kept', 'removed'] as const),
];

/** A speech service on the network may be slow. */
const commandDeadlineMs = 60_000;

/**
 * `gatehouse prompts`: sound files for Asterisk, from the words of the rule files and from recordings. Exit code 1 when the
 * rules are refused or a tool fails; with `--list` when something is missing or stale.
 */
export function promptsCommand(): Command {
  const command = new Command('prompts').description(
    'make the sound files of the prompts (requires sox, and espeak-ng unless --tts names another program)',
  );
  withRulesOption(command)
    .requiredOption('--out <dir>', 'directory for <language>/<prompt>.wav and .wav16')
    .option(
      '--recordings <dir>',
      'your recordings, <language>/<prompt>.wav, used instead of speech (default: recordings in the rules)',
    )
    .option('--voice <language=voice...>', 'espeak-ng voice of a language, such as es=es-419')
    .option(
      '--tts <command>',
      `speech program and its arguments with {text-file}, {out} and {language} (${defaultWords('GATEHOUSE_TTS')})`,
    )
    .option('--list', 'make nothing; list prompts with their length, and what is missing or stale')
    .option('--play [names...]', 'play prompts (en/press-1 …, or all) on this machine')
    .option('--remove', 'remove the sound files that were made here; your own stay');
  return withJsonOption(command, 'one JSON object', fields).action(prompts);
}

async function prompts(options: PromptsOptions): Promise<void> {
  if (options.remove) {
    const removed = await removePrompts(options.out);
    console.log(
      options.json
        ? JSON.stringify(picked({ removed }, options.json))
        : wrapped(`${options.out}: ${removed.length} removed`),
    );
    return;
  }
  const dir = rulesDir(options.rules);
  const { policy, problems } = await loadRules(dir);
  if (policy === null || hasErrors(problems)) {
    for (const problem of problems) console.error(wrapped(formatProblem(problem)));
    process.exitCode = 1;
    return;
  }
  const wanted = wantedSounds(options, dir, policy.prompts);
  if (options.list || options.play) {
    const list = await listPrompts(wanted);
    if (options.list) {
      console.log(options.json ? JSON.stringify(picked(list, options.json)) : wrapped(promptListText(list)));
      if (!list.complete) process.exitCode = 1;
    }
    if (options.play) await play(options.out, list, options.play, wanted.tools);
    return;
  }
  const report = await renderPrompts(wanted);
  console.log(
    options.json ? JSON.stringify(picked(report, options.json)) : wrapped(reportText(options.out, report)),
  );
}

function wantedSounds(options: PromptsOptions, dir: string, texts: PromptTexts) {
  const line = settingText('GATEHOUSE_TTS', options.tts);
  const command = line === null ? null : speechCommand(line);
  const deadlineMs = command === null ? standardTools.deadlineMs : commandDeadlineMs;
  const tools: SpeechTools = { ...standardTools, command, deadlineMs };
  const recordings = options.recordings ?? join(dir, 'recordings');
  return { texts, out: options.out, recordings, voices: voicesOf(options.voice ?? []), tools };
}

function voicesOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [language, voice, ...rest] = pair.split('=');
      if (!language || !voice || rest.length > 0)
        throw new Error(`--voice ${JSON.stringify(pair)}: write language=voice, for example es=es-419`);
      return [language, voice];
    }),
  );
}

/** One after the other on the default sound device, by sox. */
async function play(
  out: string,
  list: PromptList,
  names: readonly string[] | true,
  { sox }: SpeechTools,
): Promise<void> {
  const there = list.prompts.filter(({ seconds }) => seconds !== null).map(({ key }) => key);
  const unknown = names === true ? [] : names.filter((name) => !there.includes(name));
  if (unknown.length > 0) throw new Error(`no sound for ${unknown.join(', ')}; use --list to see all`);
  for (const key of names === true ? there : names) {
    console.log(`${key}: ${list.prompts.find((one) => one.key === key)?.words ?? ''}`);
    const code = await new Promise((resolve, reject) => {
      const player = spawn(sox, ['-q', soundPath(out, key, 'wav'), '-d'], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      player.once('error', reject);
      player.once('close', resolve);
    });
    if (code !== 0) throw new Error(`sox could not play ${key}; is there a sound device?`);
  }
}

function reportText(out: string, { rendered, recorded, unchanged, kept, removed }: RenderReport): string {
  const counts = `${rendered.length} made, ${unchanged.length} unchanged, ${removed.length} removed`;
  const own = recorded.length === 0 ? '' : `, ${recorded.length} of them from recordings`;
  const foreign = kept.length === 0 ? '' : `, ${kept.length} other sounds kept (${kept.join(', ')})`;
  return `${out}: ${counts}${own}${foreign}`;
}
