const unitMs: Record<string, number> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 };

export const durationPattern = /^(?=\d)(\d{1,4}d)?(\d{1,4}h)?(\d{1,4}m)?(\d{1,5}s)?$/;

/** `30d`, `1h30m`, `6s` to ms; units in falling order, each once. Null when it is not a duration. */
export function parseDurationMs(text: string): number | null {
  if (!durationPattern.test(text)) return null;
  let ms = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)([dhms])/g))
    ms += Number(count) * (unitMs[unit ?? ''] ?? 0);
  return ms;
}
