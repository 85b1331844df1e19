export interface SettingsProblem {
  /** The environment variable. */
  readonly name: string;
  readonly message: string;
  readonly remedy: string;
}
