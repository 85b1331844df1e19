export type FeedErrorCode =
  | 'feed-address'
  | 'feed-redirect'
  | 'feed-status'
  | 'feed-encoding'
  | 'feed-too-large'
  | 'feed-timeout'
  | 'feed-unreachable'
  | 'feed-not-a-list';

/** A feed could not be fetched, or what came is no list; the last good one stays in force. */
export class FeedError extends Error {
  readonly code: FeedErrorCode;
  constructor(code: FeedErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'FeedError';
    this.code = code;
  }
}
