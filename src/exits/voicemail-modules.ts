/** A module of Asterisk, `app_voicemail.so`, as `GET /asterisk/modules` has it. */
export interface AsteriskModule {
  readonly name: string;
  /** `Running`; anything else: Asterisk tried to load it in vain. */
  readonly status: string;
}

/** Debian has all three, and loads them; only one can work. */
export const voicemailModules: readonly string[] = [
  'app_voicemail.so',
  'app_voicemail_odbc.so',
  'app_voicemail_imap.so',
];

export const isRunning = ({ status }: AsteriskModule): boolean => status === 'Running';

/** Their failure takes the application VoiceMail() of the one that runs along (measured on Debian's Asterisk 22). */
export function failedVoicemails(modules: readonly AsteriskModule[]): readonly string[] {
  return modules
    .filter((one) => voicemailModules.includes(one.name) && !isRunning(one))
    .map(({ name }) => name);
}

export function lostVoicemail(failed: readonly string[]): string {
  return `this Asterisk tried to load ${failed.join(' and ')} too, and has had no VoiceMail() since`;
}

/** What brings it back: a reload is not enough. */
export function voicemailBack(failed: readonly string[]): string {
  return `${failed.map((name) => `noload = ${name}`).join(' and ')} in modules.conf, [modules], then restart Asterisk: systemctl restart asterisk`;
}
