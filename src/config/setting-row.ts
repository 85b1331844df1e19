/** One environment variable, as its table tells it. */
export interface SettingRow {
  readonly name: `GATEHOUSE_${string}`;
  /** Null: none; what then is told by `about`. */
  readonly fallback: string | null;
  /** Completes "Set it to …". */
  readonly allowed: string;
  readonly about: string;
  /** Never repeated in a message or a log line. */
  readonly secret?: true;
}
