import type { Challenge } from './challenge.ts';
import type { PeerName } from './peers.ts';
import type { Rate } from './ramp.ts';

/** The last line of `npm run bench -- calls --json`. */
export interface CallsResult {
  readonly bench: 'calls';
  /** ISO 8601. */
  readonly date: string;
  readonly machine: {
    readonly model: string;
    readonly processors: number;
    readonly asterisk: string;
    readonly redis: string;
    readonly node: string;
    /** What other programs used meanwhile, percent of one processor, median of the steps. */
    readonly othersPercent: number;
  };
  readonly secondsEach: number;
  readonly rates: readonly Rate[];
  /** The first rate with a failed call or a p99 above 100 ms; null: none was reached. */
  readonly breaksAt: Readonly<Partial<Record<PeerName, number | null>>>;
  readonly challenge: Challenge | null;
}
