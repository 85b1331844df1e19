/** What is asked here of a campaign that was recognized. */
export interface Campaign {
  readonly id: string;
  readonly reason: string;
  /** Epoch ms. */
  readonly recognizedAt: number;
}
