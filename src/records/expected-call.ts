/** A window in which staff expect a call. */
export interface ExpectedCall {
  /** E.164; as caller-names.ts has it when it is read back. */
  readonly caller: string;
  /** E.164 of the number that will be called; null: any of ours. */
  readonly called: string | null;
  /** Epoch ms. */
  readonly until: number;
  /** In the words of whoever expects it; at most 200 characters, no control characters. */
  readonly why: string;
}

export const longestWhy = 200;

const field = /^(\+[0-9]{2,20}|p_[A-Za-z0-9_-]{22}) (\*|\+[0-9]{2,20})$/;

/** Field of the hash of expected calls. */
export function expectedField(caller: string, called: string | null): string {
  return `${caller} ${called ?? '*'}`;
}

/** Where windows that apply to a call may stand: at any number, and at the one it called. */
export function expectedFields(caller: string, called: string | null): string[] {
  const any = expectedField(caller, null);
  return called === null ? [any] : [any, expectedField(caller, called)];
}

/** One line of plain text: control and invisible formatting characters would reach a terminal or a phone's display. */
export function plainWhy(text: string): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').replace(/ {2,}/g, ' ');
  return Array.from(plain.trim().toWellFormed()).slice(0, longestWhy).join('');
}

export function expectedValue({ called, until, why }: Omit<ExpectedCall, 'caller'>): string {
  return JSON.stringify({ until, called, why: plainWhy(why) });
}

/** Null when it is not one, or not one of ours. */
export function expectedFrom(name: string, value: unknown): ExpectedCall | null {
  const [, caller = '', called = ''] = field.exec(name) ?? [];
  const window = parsed(value);
  if (caller === '' || window === null) return null;
  return { caller, ...window, called: called === '*' ? null : called };
}

/** Of the rows that apply to a call the one that lasts longest; null when none does. `now` in epoch ms. */
export function applicableExpectation(
  rows: unknown,
  now: number,
): { readonly until: number; readonly called: string | null; readonly why: string } | null {
  const windows = (Array.isArray(rows) ? rows : []).flatMap((row) => parsed(row) ?? []);
  return windows.filter(({ until }) => until > now).sort((a, b) => b.until - a.until)[0] ?? null;
}

function parsed(value: unknown): { until: number; called: string | null; why: string } | null {
  if (typeof value !== 'string') return null;
  try {
    const { until, called, why } = JSON.parse(value) as Record<string, unknown>;
    if (typeof until !== 'number' || typeof why !== 'string') return null;
    return { until, called: typeof called === 'string' ? called : null, why: plainWhy(why) };
  } catch {
    return null;
  }
}
