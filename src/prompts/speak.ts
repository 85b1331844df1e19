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
  /** Deadline of each program. */
  readonly deadlineMs: number;
}

export const standardTools: SpeechTools = { espeak: 'espeak-ng', sox: 'sox', deadlineMs: 20_000 };

/** Raise when the sound of the same words and voice changes, so that everything is rendered again. */
export const SOUND_VERSION = 1;

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
 * Speaks words into a file that every Asterisk plays: WAV, 8 kHz, mono, 16 bit, peak 3 dB below full scale so that no
 * codec clips it, and a quarter of a second of silence at the end so that prompts in a row do not run together.
 * @param raw where espeak-ng's own sound may lie in between
 * @throws PromptRenderError
 */
export async function speak(
  words: string,
  voice: Voice,
  raw: string,
  sound: string,
  tools: SpeechTools,
): Promise<void> {
  const { deadlineMs } = tools;
  const espeak = { program: tools.espeak, debianPackage: 'espeak-ng' };
  const sox = { program: tools.sox, debianPackage: 'sox' };
  const speech = ['-v', voice.name, '-s', String(voice.speed), '-b', '1', '--stdin', '-w', raw];
  await runTool(espeak, speech, `${words}\n`, deadlineMs);
  // No dither (-D): the same words give the same file.
  const format = ['-t', 'wav', '-r', '8000', '-c', '1', '-b', '16', '-e', 'signed-integer'];
  await runTool(sox, ['-D', '-V1', raw, ...format, sound, 'norm', '-3', 'pad', '0', '0.25'], '', deadlineMs);
}
