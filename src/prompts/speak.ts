import { writeFile } from 'node:fs/promises';
import { argumentsFor, type SpeechCommand } from './command-line.ts';
import { runTool } from './run-tool.ts';

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
  /** Speaks in place of espeak-ng. */
  readonly command?: SpeechCommand | null;
  /** Deadline of each program. */
  readonly deadlineMs: number;
}

export const standardTools: SpeechTools = { espeak: 'espeak-ng', sox: 'sox', deadlineMs: 20_000 };

/** Raise when the sound of the same words and voice changes, so that everything is rendered again. */
export const SOUND_VERSION = 2;

/**
 * The files of one prompt. Asterisk plays whichever costs the channel least: `.wav` is 8 kHz to it, and `.wav16` a WAV of
 * 16 kHz for wide-band calls (format_wav registers both names, and reads no 16 kHz from a `.wav`).
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

/** The espeak-ng voice of a language tag. Most tags are voices themselves. */
export function voiceFor(language: string, chosen: Readonly<Record<string, string>> = {}): Voice {
  return { name: chosen[language] ?? VOICES[language] ?? language.toLowerCase(), speed: 150 };
}

/**
 * Speaks words into a WAV file of whatever rate the speaker has.
 * @param raw the file; the words lie in `<raw>.txt` meanwhile
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
 * Any sound that sox reads to WAV, PCM, mono, 16 bit at `rate`. Spoken words get their peak 3 dB below full scale so that
 * no codec clips them, and a quarter of a second of silence so that prompts in a row do not run together; a recording of
 * one's own stays as loud and as long as it is.
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
