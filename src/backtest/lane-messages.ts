import type { Lane } from './lane.ts';
import type { TallyData } from './tally.ts';

/** To a lane's thread: whole lines, whose memory goes with them; and the end. */
export type ToLane =
  | { readonly kind: 'chunk'; readonly number: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'end' };

export type FromLane =
  | { readonly kind: 'ready'; readonly versions: Lane['versions'] }
  | { readonly kind: 'read'; readonly number: number; readonly lines: number }
  | { readonly kind: 'tally'; readonly tally: TallyData }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };
