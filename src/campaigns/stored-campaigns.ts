import { z } from 'zod';
import type { Campaign, CampaignWords } from './campaign.ts';

const text = (longest: number) => z.string().max(longest);
const traits = z
  .object({
    origid: text(200),
    signer: text(200),
    attestation: text(20),
    exchange: text(30),
    claimedName: text(200),
    calledNumber: text(30),
  })
  .partial();
const stored = z.object({
  id: text(40),
  name: text(200),
  reason: text(1000),
  traits,
  also: z.array(traits).optional(),
  by: z.enum(['unanswered', 'sellers']),
  state: z.enum(['active', 'over', 'dismissed']),
  ...{ startedAt: z.number(), recognizedAt: z.number(), peakAt: z.number(), lastAt: z.number() },
  endedAt: z.number().nullable(),
  ...{ returns: z.number(), calls: z.number(), numbers: z.number(), calledNumbers: z.number() },
  ...{ callsPerMinute: z.number(), pinned: z.boolean(), returnsAtOnce: z.boolean() },
  mergedInto: text(40).optional(),
});
const words = z
  .object({ name: text(200), pinned: z.boolean(), dismissed: z.boolean(), mergedInto: text(40) })
  .partial();

/** Rows of Redis: id → JSON. */
export type StoredRows = Readonly<Record<string, string>>;

/** What is none, or of another version, is left out. The latest recognized first. */
export function campaignsFrom(rows: StoredRows): readonly Campaign[] {
  return Object.values(rows)
    .flatMap((row) => parsed(stored, row) ?? [])
    .map((one) => one as Campaign)
    .sort((a, b) => b.recognizedAt - a.recognizedAt);
}

/** What staff said, by id. */
export function wordsFrom(rows: StoredRows): ReadonlyMap<string, CampaignWords> {
  return new Map(
    Object.entries(rows).flatMap(([id, row]) => {
      const said = parsed(words, row);
      return said === null ? [] : [[id, said as CampaignWords] as const];
    }),
  );
}

function parsed<T>(shape: z.ZodType<T>, row: string): T | null {
  try {
    return shape.parse(JSON.parse(row));
  } catch {
    return null;
  }
}
