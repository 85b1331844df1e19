/**
 * `dialplan/gatehouse-outbound.conf` puts each call of ours into a group of its shown number; Asterisk empties it when the call
 * ends. `any`: the number is too short to be told, as an extension that the carrier replaces.
 */
const category = 'gatehouse-out';
const shownDigits = 7;

/**
 * What to ask of Asterisk: whether the hook has run since Asterisk started, calls that show this number, calls that may show any.
 * @param number E.164
 */
export function ownCallsVariable(number: string): string {
  const shown = number.replace(/\D/g, '').slice(-shownDigits);
  return `EVAL(\${GATEHOUSE_OUT_SEEN}/\${GROUP_COUNT(${shown}@${category})}/\${GROUP_COUNT(any@${category})})`;
}

/** Null: the hook is not there, or has not run yet; or calls are in progress that may show any number. */
export function ownCallOutFrom(value: string): boolean | null {
  const [, shown, any] = /^1\/(\d{1,9})\/(\d{1,9})$/.exec(value) ?? [];
  if (shown === undefined) return null;
  if (Number(shown) > 0) return true;
  return Number(any) > 0 ? null : false;
}
