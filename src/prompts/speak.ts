import { writeFile } from 'node:fs/promises';
import { PromptRenderError, runTool } from './run-tool.ts';

/** How words become sound. Part of a prompt's hash: a change renders it again. */
export interface Voice {
  /** espeak-ng voice, `en-us`. */
  readonly name: string;
  /** Words a minute. */
  readonly speed: number;
}

export interface SpeechTools {
  readonly espeak: string;
  readonly sox: string;
  /** Speaks instead of espeak-ng. */
  readonly command?: SpeechCommand | null;
  /** Deadline of each program. */
  readonly deadlineMs: number;
}

export const standardTools: SpeechTools = { espeak: 'espeak-ng', sox: 'sox', deadlineMs: 20_000 };

/** Increase it when the same words and voice sound different, so that everything is rendered again. */
export const SOUND_VERSION = 2;

/**
 * The files of one prompt. Asterisk plays the one that needs least conversion: `.wav` is 8 kHz, `.wav16` 16 kHz for wide-band
 * calls (format_wav registers both names, and reads no 16 kHz from a `.wav`).
 */
export const soundFormats = [
  { extension: 'wav', rate: 8000 },
  { extension: 'wav16', rate: 16_000 },
] as const;

const VOICES: Readonly<Record<string, string>> = {
  en: 'en-us',
  'en-GB': 'en-gb',
  es: 'es-419',
  'es-ES': 'es',
  fr: 'fr-fr',
};

/** The espeak-ng voice of a language tag. Most tags are voice names. */
export function voiceFor(language: string, chosen: Readonly<Record<string, string>> = {}): Voice {
  return { name: chosen[language] ?? VOICES[language] ?? language.toLowerCase(), speed: 150 };
}

/**
 * Speaks words into a WAV file, at the rate of the synthesizer.
 * @param raw the file; `<raw>.txt` holds the words meanwhile
 * @throws PromptRenderError
 */
export async function speak(
  words: string,
  language: string,
  voice: Voice,
  raw: string,
  tools: SpeechTools,
): Promise<void> {
  const { command, deadlineMs } = tools;
  if (command) {
    const textFile = `${raw}.txt`;
    await writeFile(textFile, `${words}\n`);
    const args = argumentsFor(command, { textFile, out: raw, language });
    return runTool({ program: command.program, debianPackage: null }, args, `${words}\n`, deadlineMs);
  }
  const espeak = { program: tools.espeak, debianPackage: 'espeak-ng' };
  const speech = ['-v', voice.name, '-s', String(voice.speed), '-b', '1', '--stdin', '-w', raw];
  await runTool(espeak, speech, `${words}\n`, deadlineMs);
}

/**
 * Converts any sound that sox reads to WAV, PCM, mono, 16 bit at `rate`. Synthesized speech is normalized to 3 dB below full
 * scale, so that no codec clips it, and ends with a quarter of a second of silence; a recording keeps its level and length.
 * @throws PromptRenderError
 */
export async function convert(
  from: string,
  to: string,
  rate: number,
  kind: 'spoken' | 'recording',
  tools: SpeechTools,
): Promise<void> {
  const sox = { program: tools.sox, debianPackage: 'sox' };
  // No dither (-D): the same words give the same file.
  const format = ['-t', 'wav', '-r', String(rate), '-c', '1', '-b', '16', '-e', 'signed-integer'];
  const effects = kind === 'spoken' ? ['norm', '-3', 'pad', '0', '0.25'] : [];
  await runTool(sox, ['-D', '-V1', from, ...format, to, ...effects], '', tools.deadlineMs);
}

/** A text-to-speech program with its arguments, which may hold placeholders. */
export interface SpeechCommand {
  readonly program: string;
  readonly args: readonly string[];
}

interface SpeechInput {
  /** A file with the words, UTF-8; the program also gets them on stdin. */
  readonly textFile: string;
  /** The WAV file to write, at any rate. */
  readonly out: string;
  readonly language: string;
}

const placeholder = /\{([a-z-]*)\}/g;

const known = ['text-file', 'out', 'language'];

/**
 * Splits `piper --model {language}.onnx --output_file "{out}"` into program and arguments. Quotes protect blanks; without a
 * shell nothing else has a meaning. `{out}` is required. @throws PromptRenderError `bad-command`
 */
export function speechCommand(line: string): SpeechCommand {
  const [program, ...args] = splitWords(line);
  if (program === undefined) throw refused('it names no program');
  const named = args.flatMap((arg) => [...arg.matchAll(placeholder)].map(([, name = '']) => name));
  const unknown = named.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw refused(`{${unknown}} is not known; allowed: {text-file}, {out}, {language}`);
  if (!named.includes('out')) throw refused('it has no {out}, the WAV file that it shall write');
  if (/[{}]/.test(program)) throw refused('the program itself cannot be a placeholder');
  return { program, args };
}

/** The arguments of one run. Inserted values are not split or expanded. */
export function argumentsFor({ args }: SpeechCommand, { textFile, out, language }: SpeechInput): string[] {
  const values: Record<string, string> = { 'text-file': textFile, out, language };
  return args.map((arg) => arg.replace(placeholder, (whole, name: string) => values[name] ?? whole));
}

function splitWords(line: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (const character of line) {
    if (quote !== null) {
      if (character === quote) quote = null;
      else word += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (/\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? '') + character;
  }
  if (quote !== null) throw refused(`a quote ${quote} is not closed`);
  if (word !== null) words.push(word);
  return words;
}

function refused(reason: string): PromptRenderError {
  return new PromptRenderError('bad-command', `the text-to-speech command cannot be used: ${reason}`);
}
