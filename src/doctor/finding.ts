/** A part of the road of a call. */
export type Group =
  | 'machine'
  | 'settings'
  | 'redis'
  | 'rules'
  | 'asterisk'
  | 'dialplan'
  | 'trunk'
  | 'exits'
  | 'sounds'
  | 'lists'
  | 'records'
  | 'access'
  | 'clock'
  | 'service';

/** `unknown`: it could not be looked at. */
export type Level = 'ok' | 'warning' | 'error' | 'unknown';

/** What one check found. The id is stable: `trunk.context`. */
export interface Finding {
  readonly id: `${Group}.${string}`;
  readonly level: Level;
  readonly found: string;
  /** What to do, in words or as the command; null: nothing. */
  readonly remedy: string | null;
  /** Pasted into a shell by root, it mends what was found; null: a person has to look, decide or write. */
  readonly command: string | null;
}

/** Words alone, or a command; with words where it should not be pasted unread. */
export type Remedy = string | { readonly words?: string; readonly command: string | null };

type Id = Finding['id'];

export const ok = (id: Id, found: string): Finding => finding('ok', id, found, null);
export const unknown = (id: Id, found: string, remedy: Remedy | null = null): Finding =>
  finding('unknown', id, found, remedy);
export const warning = (id: Id, found: string, remedy: Remedy): Finding =>
  finding('warning', id, found, remedy);
export const error = (id: Id, found: string, remedy: Remedy): Finding => finding('error', id, found, remedy);

function finding(level: Level, id: Id, found: string, remedy: Remedy | null): Finding {
  const { words, command } = typeof remedy === 'object' && remedy !== null ? remedy : {};
  const text = typeof remedy === 'string' ? remedy : (words ?? command ?? null);
  return { ...{ id, level, found }, remedy: text, command: command ?? null };
}
