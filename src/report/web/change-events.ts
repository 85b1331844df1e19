import { PassThrough } from 'node:stream';

/** Browsers that watch at once; further ones reload by themselves. */
const mostWatchers = 100;
/** Proxies close silent connections. */
const keepAliveMs = 15_000;
/** Then the browser reconnects, and its access is checked again. */
const longestMs = 300_000;

/**
 * Tells browsers that something changed (Server-Sent Events), and no more; they fetch the page again themselves, so that
 * who may see what is asked each time.
 */
export class ChangeEvents {
  readonly #signature: () => string;
  readonly #watchers = new Set<PassThrough>();
  #last = '';
  #quietMs = 0;
  #timer: NodeJS.Timeout | null = null;
  readonly #everyMs: number;

  /** @param signature differs when there is something new to see; asked every `everyMs` while anybody watches */
  constructor(signature: () => string, everyMs = 1000) {
    this.#signature = signature;
    this.#everyMs = everyMs;
  }

  /** A stream for one browser, or null when there are too many. */
  watch(): PassThrough | null {
    if (this.#watchers.size >= mostWatchers) return null;
    const stream = new PassThrough();
    const ending = setTimeout(() => stream.end(), longestMs).unref();
    const forget = () => {
      clearTimeout(ending);
      this.#forget(stream);
    };
    stream.once('close', forget).once('error', forget);
    this.#watchers.add(stream);
    stream.write('retry: 5000\n: watching\n\n');
    if (this.#timer === null) {
      this.#last = this.#signature();
      this.#timer = setInterval(() => this.#look(), this.#everyMs).unref();
    }
    return stream;
  }

  /** Ends all streams; the server could not stop otherwise. */
  close(): void {
    for (const stream of this.#watchers) stream.end();
    this.#watchers.clear();
    this.#rest();
  }

  #look(): void {
    const signature = this.#signature();
    this.#quietMs += this.#everyMs;
    if (signature !== this.#last) this.#tell('event: changed\ndata: 1\n\n');
    else if (this.#quietMs >= keepAliveMs) this.#tell(': still here\n\n');
    this.#last = signature;
  }

  #tell(text: string): void {
    this.#quietMs = 0;
    for (const stream of this.#watchers) {
      // A browser that does not read is let go; it comes again when it wakes.
      if (stream.writableNeedDrain) stream.destroy();
      else stream.write(text);
    }
  }

  #forget(stream: PassThrough): void {
    this.#watchers.delete(stream);
    if (this.#watchers.size === 0) this.#rest();
  }

  #rest(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}
