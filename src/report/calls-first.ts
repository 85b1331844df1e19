import { getHeapStatistics } from 'node:v8';
import type { FastifyInstance } from 'fastify';
import fastifyPlugin from 'fastify-plugin';

/** Requests that are worked on at once: what the records answer comes in bursts, and each page costs milliseconds. */
const mostAtWork = 4;
const mostWaiting = 200;
/** Probes are cheap, and whoever does not answer them is restarted, calls and all. */
const probes = new Set(['/healthz', '/readyz']);

/** Takes its turn before all that wait, and needs no place among those at work: it reads memory only. */
const metrics = '/metrics';

/**
 * Keeps requests from standing in the way of calls, which are screened on the same event loop: they are begun one by one,
 * each in a turn of its own, and four at once. Above 200 that wait the answer is 503. After `protect`, whose
 * hooks come first: what is refused for other reasons waits for nothing. A place is taken once the whole request is
 * there: half a body must hold up nobody. When memory is short, pages are refused before calls suffer.
 */
export function letCallsGoFirst(app: FastifyInstance, isMemoryShort = memoryWatch()): void {
  const takesTurns = async (instance: FastifyInstance) => takeTurns(instance, isMemoryShort);
  app.register(fastifyPlugin(takesTurns, { name: 'gatehouse-calls-first' }));
}

function takeTurns(app: FastifyInstance, isMemoryShort: () => boolean): void {
  const waiting: (() => void)[] = [];
  let atWork = 0;
  let isPumping = false;
  const urgent: (() => void)[] = [];
  const pump = () => {
    isPumping = false;
    const turn = urgent.shift() ?? (atWork < mostAtWork ? waiting.shift() : undefined);
    turn?.();
    if (urgent.length > 0 || (waiting.length > 0 && atWork < mostAtWork)) pumpSoon();
  };
  const pumpSoon = () => {
    if (isPumping) return;
    isPumping = true;
    // Between two of these every socket is read once, Asterisk's too.
    setImmediate(pump);
  };
  const done = new WeakMap<object, () => void>();

  app.addHook('preValidation', (request, reply, next) => {
    const url = request.routeOptions.url ?? '';
    if (probes.has(url)) return next();
    const queue = url === metrics ? urgent : waiting;
    const isShort = queue === waiting && isMemoryShort();
    if (isShort || queue.length >= mostWaiting) {
      const error = isShort
        ? 'memory is low and reserved for calls; try again later'
        : 'too many requests at once; try again later';
      void reply
        .code(503)
        .header('retry-after', isShort ? 10 : 1)
        .send({ error });
      return;
    }
    queue.push(() => {
      // Gone while it waited.
      if (request.raw.socket.destroyed || reply.raw.destroyed) return;
      if (queue === urgent) return next();
      atWork++;
      let isDone = false;
      const finish = () => {
        if (isDone) return;
        isDone = true;
        atWork--;
        pumpSoon();
      };
      done.set(request, finish);
      reply.raw.once('close', finish);
      next();
    });
    pumpSoon();
  });
  // What is sent is no more work: a stream lasts, and a slow reader keeps nobody waiting.
  app.addHook('onSend', (request, _reply, _payload, next) => {
    done.get(request)?.();
    next();
  });
}

/** Above this share of a limit, pages wait: the rest is for calls. */
const highShare = 0.85;

const lookEveryMs = 500;

export interface MemoryUse {
  readonly heapBytes: number;
  readonly heapLimitBytes: number;
  readonly residentBytes: number;
  /** Of the container or the unit; null: none. */
  readonly limitBytes: number | null;
}

/** True when so much is in use that work which can wait must wait. */
export function isShort({ heapBytes, heapLimitBytes, residentBytes, limitBytes }: MemoryUse): boolean {
  return heapBytes > highShare * heapLimitBytes || residentBytes > highShare * (limitBytes ?? Infinity);
}

/** Whether memory is short now; looked up twice a second at most. */
export function memoryWatch(use: () => MemoryUse = memoryUse): () => boolean {
  let lookedAt = Number.NEGATIVE_INFINITY;
  let short = false;
  return () => {
    const now = performance.now();
    if (now - lookedAt >= lookEveryMs) {
      lookedAt = now;
      short = isShort(use());
    }
    return short;
  };
}

function memoryUse(): MemoryUse {
  const heap = getHeapStatistics();
  // Without a limit the kernel's answer is 0 or astronomic.
  const limit = process.constrainedMemory();
  return {
    heapBytes: heap.used_heap_size,
    heapLimitBytes: heap.heap_size_limit,
    residentBytes: process.memoryUsage.rss(),
    limitBytes: limit > 0 && limit < 2 ** 50 ? limit : null,
  };
}
