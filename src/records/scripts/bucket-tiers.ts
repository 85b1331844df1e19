const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/**
 * Buckets in which the calls of a scope are counted, and the windows up to which each is used. A window is the sum of the
 * buckets it touches, so it reaches back up to one bucket further than its name says: 5m at most a minute, 24h at
 * most a quarter of an hour, 30d at most six hours.
 */
export const bucketTiers = [
  { name: 'm', sizeMs: minuteMs, upToMs: hourMs },
  { name: 'q', sizeMs: 15 * minuteMs, upToMs: dayMs },
  { name: 's', sizeMs: 6 * hourMs, upToMs: 30 * dayMs },
] as const;

/** For the scripts: name, size in ms, and how many buckets the longest window touches. */
export const tiersInLua = `{ ${bucketTiers
  .map(({ name, sizeMs, upToMs }) => `{ '${name}', ${sizeMs}, ${upToMs / sizeMs + 1} }`)
  .join(', ')} }`;
