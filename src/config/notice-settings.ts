import { IANAZone } from 'luxon';
import { z } from 'zod';
import { oneOf, type SettingRows, timeOfDay, wholeNumber } from '../process/setting.ts';

/** When and about what notices are sent; the settings of each channel are in its file. */
export const noticeSettings = {
  GATEHOUSE_TIME_ZONE: {
    shape: z.string().refine((zone) => zone === 'local' || IANAZone.isValidZone(zone)),
    fallback: 'local',
    allowed: 'local, or an IANA time zone such as America/New_York',
    about:
      'Time zone of quiet hours, the digest and the times in notices. `local` is the `time-zone` of the rules; that of the machine when they name none.',
  },
  GATEHOUSE_QUIET_HOURS: {
    shape: z
      .string()
      .transform((text) => text.split('-'))
      .pipe(z.tuple([timeOfDay, timeOfDay]))
      .refine(([from, to]) => from !== to)
      .transform(([from, to]) => ({ fromMinute: from, toMinute: to })),
    allowed: 'hours such as 22:00-07:00',
    about:
      'Surges and the digest wait until these hours end. Bypasses, refused rules and a backlog are sent at once.',
  },
  GATEHOUSE_DIGEST: {
    ...oneOf('off', 'daily', 'weekly'),
    fallback: 'off',
    about:
      'A summary of the calls; weekly on Mondays. Several nodes on one Redis send it once to the same recipients.',
  },
  GATEHOUSE_DIGEST_AT: {
    shape: timeOfDay,
    fallback: '07:00',
    allowed: 'a time such as 07:00',
    about: 'When the digest and the page of the month are sent.',
  },
  GATEHOUSE_MONTHLY: {
    ...oneOf('off', 'on'),
    fallback: 'off',
    about:
      'The page of the month (`/month`) as text, on the first of the next. Several nodes on one Redis send it once to the same recipients.',
  },
  GATEHOUSE_SURGE_CALLED: {
    ...wholeNumber(0, 1_000_000),
    fallback: '60',
    about: 'Calls to one number within 10 minutes that count as a surge; 0: never.',
  },
  GATEHOUSE_SURGE_BOARD: {
    ...wholeNumber(0, 1_000_000),
    fallback: '600',
    about: 'Calls to the whole board within 10 minutes that count as a surge; 0: never.',
  },
  GATEHOUSE_BACKLOG_NOTICE: {
    ...wholeNumber(1, 10_000_000),
    fallback: '1000',
    about: 'Outcomes waiting for Redis that trigger a notice; so does any that has waited for 10 minutes.',
  },
  GATEHOUSE_NOTICE_REPEAT_MINUTES: {
    ...wholeNumber(5, 1440),
    fallback: '60',
    about: 'How often a notice about a continuing condition is repeated (minutes).',
  },
} as const satisfies SettingRows;
