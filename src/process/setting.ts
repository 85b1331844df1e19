import { z } from 'zod';

/** One environment variable: everything about it in one row. */
export interface Setting {
  /** What it may hold, and what it becomes. */
  readonly shape: z.ZodType<unknown, string>;
  /** Completes "Set it to …". */
  readonly allowed: string;
  readonly about: string;
  /** Default. */
  readonly fallback?: string;
  /** Must be set; how, as an instruction. */
  readonly required?: string;
  /** Never repeated in a message or a log line. */
  readonly secret?: true;
  /** It can also come from a file, whose path is in the variable with `_FILE` appended. What the table says of that. */
  readonly file?: string;
  /** Other settings that must be set with this one. */
  readonly needs?: readonly string[];
}

export type SettingRows = Readonly<Record<`GATEHOUSE_${string}`, Setting>>;

/** The values of some settings; null: not set, and without a default. */
export type ValuesOf<Rows extends SettingRows> = {
  readonly [N in keyof Rows]:
    | (Rows[N] extends { readonly shape: infer Shape extends z.ZodType } ? z.output<Shape> : never)
    | (Rows[N] extends { readonly fallback: string } | { readonly required: string } ? never : null);
};

/** One line without control characters. */
export const line = z.string().regex(/^\P{Cc}+$/u);

export const matching = (form: RegExp) => z.string().regex(form);

/** What is refined afterwards may take it for a URL. */
export const url = (...protocols: readonly string[]) =>
  z
    .string()
    .refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), { abort: true });

/** Minutes after midnight. */
export const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
  .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)));

export const commaList = (isEntry: (text: string) => boolean) =>
  z
    .string()
    .transform((text) => text.split(',').map((one) => one.trim()))
    .refine((entries) => entries.every(isEntry));

/** Shape and words of a whole number. */
export function wholeNumber(min: number, max: number) {
  const shape = z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .refine((value) => value >= min && value <= max);
  return { shape, allowed: `a whole number from ${min} to ${max}` };
}

/** Shape and words of a choice. */
export function oneOf<const Words extends readonly [string, ...string[]]>(...words: Words) {
  const allowed = `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
  return { shape: z.enum(words), allowed };
}

/** Shape and words of a secret. */
export const secretLine = {
  shape: line,
  secret: true,
  file: 'A file that contains only this value.',
} as const;

export const secretKey = {
  ...secretLine,
  shape: line.min(16),
  allowed: 'at least 16 characters, one line',
} as const;
