/** Time as the lists use it. */
export interface ListClock {
  /** Epoch ms. */
  now(): number;
  /** Calls once after `ms`; does not keep the process alive. Returns what takes it back. */
  after(ms: number, call: () => void): () => void;
}

export const realListClock: ListClock = {
  now: () => Date.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
