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
  /** What to do, with the command where there is one; null: nothing. */
  readonly remedy: string | null;
}

type Id = Finding['id'];

export const ok = (id: Id, found: string): Finding => ({ id, level: 'ok', found, remedy: null });
export const unknown = (id: Id, found: string, remedy: string | null = null): Finding => ({
  ...{ id, level: 'unknown', found, remedy },
});
export const warning = (id: Id, found: string, remedy: string): Finding => ({
  ...{ id, level: 'warning', found, remedy },
});
export const error = (id: Id, found: string, remedy: string): Finding => ({
  ...{ id, level: 'error', found, remedy },
});
