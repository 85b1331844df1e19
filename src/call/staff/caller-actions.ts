import { z } from 'zod';
import { flagWords } from '../vocabulary.ts';

/** The longest reason, in characters. */
export const longestReason = 200;
/** So many calls can be flagged at once. */
export const mostFlaggedAtOnce = 100;

const signed = z.object({ at: z.number(), who: z.string() });
const window = z.object({ until: z.number(), why: z.string() }).nullable();

const known = {
  id: z.string(),
  /** When and by whom. */
  ...signed.shape,
  /** In the words of who did it. */
  why: z.string(),
  /** Null: it holds. */
  undone: signed.nullable(),
};

const actionShape = z.discriminatedUnion('what', [
  /** `calls`: those that had the flag not before. */
  z.object({
    ...known,
    what: z.literal('flag'),
    word: z.enum(flagWords.words),
    calls: z.array(z.string()).readonly(),
  }),
  /** An expected call at one number of ours, or any (null): as it is since, and as it was before; null: not expected. */
  z.object({
    ...known,
    what: z.literal('expect'),
    called: z.string().nullable(),
    now: window,
    before: window,
  }),
  z.object({
    ...known,
    what: z.literal('list'),
    /** In the order in which they were made. `change`: what undoes it. */
    changes: z
      .array(z.object({ list: z.string(), did: z.enum(['added', 'removed']), change: z.string() }))
      .readonly(),
  }),
]);

/** What staff did about one caller from the browser. Times in epoch ms. */
export type CallerAction = Readonly<z.infer<typeof actionShape>>;
export type ListChange = Extract<CallerAction, { what: 'list' }>['changes'][number];

const batchShape = z.object({
  ...signed.shape,
  word: z.enum(flagWords.words),
  calls: z.array(z.string()).readonly(),
  undone: signed.nullable(),
});

/** Calls of several callers that were flagged at once; each caller has an action of the same id. */
export type FlagBatch = Readonly<z.infer<typeof batchShape>>;

/** What staff did, kept so that it can be undone. Callers as `CallerFlags` has them. Every method rejects when Redis does. */
export interface CallerActions {
  /** Newest first. */
  of(caller: string): Promise<readonly CallerAction[]>;
  /** The same id again replaces it. */
  keep(caller: string, action: CallerAction): Promise<void>;
  /** Null: there is none, or it is too old. */
  batch(id: string): Promise<FlagBatch | null>;
  keepBatch(id: string, batch: FlagBatch): Promise<void>;
}

/** Null: it is none of ours. */
export function readAction(text: unknown): CallerAction | null {
  return read(actionShape, text);
}

/** Null: it is none of ours. */
export function readBatch(text: unknown): FlagBatch | null {
  return read(batchShape, text);
}

function read<Shape extends z.ZodType>(shape: Shape, text: unknown): z.infer<Shape> | null {
  if (typeof text !== 'string') return null;
  try {
    return shape.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
