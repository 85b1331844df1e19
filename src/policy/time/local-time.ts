import { IANAZone } from 'luxon';

/** Offsets of time zones change at quarters of an hour. */
const slotMs = 900_000;

/** Wall-clock time as ms since 1 January 1970 00:00 local. */
export type LocalTime = (now: number) => number;

export function isTimeZone(name: string): boolean {
  return IANAZone.isValidZone(name);
}

/** Epoch ms to local ms in an IANA zone. The offset is looked up once a quarter of an hour: it takes microseconds. */
export function localTime(zone: string): LocalTime {
  const found = IANAZone.create(zone);
  let slot = Number.NaN;
  let offsetMs = 0;
  return (now) => {
    const wanted = Math.floor(now / slotMs);
    if (wanted !== slot) {
      offsetMs = found.offset(wanted * slotMs) * 60_000;
      slot = wanted;
    }
    return now + offsetMs;
  };
}
