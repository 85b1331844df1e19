import { seeded } from '../../test/fakes/seeded-random.ts';

/** What a fault breaks; two faults of one target never overlap, all others may. */
export type FaultTarget = 'gatehouse' | 'redis' | 'asterisk' | 'link' | 'rules' | 'feed' | 'disk' | 'clock';

interface FaultShape {
  readonly target: FaultTarget;
  /** Shortest and longest duration in seconds. */
  readonly seconds: readonly [number, number];
}

export const faultShapes = {
  'gatehouse-killed': { target: 'gatehouse', seconds: [1, 12] },
  'gatehouse-frozen': { target: 'gatehouse', seconds: [2, 20] },
  'redis-stopped': { target: 'redis', seconds: [2, 15] },
  'redis-frozen': { target: 'redis', seconds: [2, 15] },
  'redis-killed': { target: 'redis', seconds: [1, 10] },
  'redis-failover': { target: 'redis', seconds: [6, 12] },
  'asterisk-restarted': { target: 'asterisk', seconds: [1, 4] },
  'asterisk-reloaded': { target: 'asterisk', seconds: [1, 2] },
  'ari-cut': { target: 'link', seconds: [3, 20] },
  'rules-broken': { target: 'rules', seconds: [3, 15] },
  'feed-bad': { target: 'feed', seconds: [4, 15] },
  'disk-full': { target: 'disk', seconds: [3, 20] },
  'clock-jumped': { target: 'clock', seconds: [4, 15] },
} as const satisfies Record<string, FaultShape>;

export type FaultKind = keyof typeof faultShapes;
export const faultKinds = Object.keys(faultShapes) as FaultKind[];

export interface PlannedFault {
  readonly kind: FaultKind;
  /** ms after the first call. */
  readonly atMs: number;
  readonly forMs: number;
  /** 0 to below 1: which of a fault's variants. */
  readonly variant: number;
}

/** At most this many faults at once. */
const tracks = 3;
const shortestGapMs = 3000;
const longestGapMs = 12_000;

/**
 * Faults that begin within `lengthMs`, in order of time; the same for the same arguments. Every kind comes once before
 * any comes again, as far as the time allows.
 */
export function planFaults(
  seed: number,
  lengthMs: number,
  kinds: readonly FaultKind[] = faultKinds,
): readonly PlannedFault[] {
  const random = seeded(seed);
  const between = (least: number, most: number): number => Math.round(least + random() * (most - least));
  const freeAt: Partial<Record<FaultTarget, number>> = {};
  const nextAt = Array.from({ length: tracks }, () => between(2000, longestGapMs));
  const planned: PlannedFault[] = [];
  let deck: FaultKind[] = [];
  for (;;) {
    const track = nextAt.indexOf(Math.min(...nextAt));
    const atMs = nextAt[track] ?? lengthMs;
    if (atMs >= lengthMs) return planned;
    if (deck.length === 0) deck = shuffled(kinds, random);
    const kind = deck.find((one) => (freeAt[faultShapes[one].target] ?? 0) <= atMs);
    if (kind === undefined) {
      nextAt[track] = atMs + shortestGapMs;
      continue;
    }
    deck.splice(deck.indexOf(kind), 1);
    const { target, seconds } = faultShapes[kind];
    const forMs = between(seconds[0] * 1000, seconds[1] * 1000);
    planned.push({ kind, atMs, forMs, variant: random() });
    // Whatever was broken gets a moment to be whole again.
    freeAt[target] = atMs + forMs + 3000;
    nextAt[track] = atMs + forMs + between(shortestGapMs, longestGapMs);
  }
}

export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const left = [...items];
  return items.map(() => left.splice(Math.floor(random() * left.length), 1)[0] as T);
}
