import type { ComparedPolicy } from '../compared-policy.ts';

/** A value that is not part of the rules: words that callers hear, settings, how a trunk is read. */
export interface HeardChange {
  readonly of: 'setting' | 'prompt' | 'trunk';
  /** `language`, `press-1 (en)`, `carrier`. */
  readonly name: string;
  /** As written, JSON unless it is text; null: it is not there. */
  readonly before: string | null;
  readonly after: string | null;
}

/** Settings, prompts and trunks that changed. What settings do to verdicts is found among the fates, too. */
export function heardChanges(before: ComparedPolicy, after: ComparedPolicy): HeardChange[] {
  return [
    ...changes('setting', before.plan.settings, after.plan.settings),
    ...changes('prompt', promptsOf(before), promptsOf(after)),
    ...changes('trunk', before.plan.trunks, after.plan.trunks),
  ];
}

function promptsOf({ plan: { prompts } }: ComparedPolicy): Record<string, string> {
  const words = Object.entries(prompts.words).flatMap(([id, byLanguage]) =>
    Object.entries(byLanguage).map(([language, text]) => [`${id} (${language})`, text] as const),
  );
  return Object.fromEntries(words);
}

function changes(of: HeardChange['of'], before: object, after: object): HeardChange[] {
  const [old, now] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((name) => {
    const change = { of, name, before: written(old.get(name)), after: written(now.get(name)) };
    return change.before === change.after ? [] : [change];
  });
}

function written(value: unknown): string | null {
  if (value === undefined) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
