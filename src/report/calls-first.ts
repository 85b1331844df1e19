import type { FastifyInstance } from 'fastify';
import fastifyPlugin from 'fastify-plugin';

/** Requests that are worked on at once: what the records answer comes in bursts, and each page costs milliseconds. */
const mostAtWork = 4;
const mostWaiting = 200;
/** Probes are cheap, and whoever does not answer them is restarted, calls and all. */
const probes = new Set(['/healthz', '/readyz']);

/**
 * Keeps requests from standing in the way of calls, which are screened on the same event loop: they are begun one by one,
 * each in a turn of its own, and four at once. Above 200 that wait the answer is 503. After `protect`, whose
 * hooks come first: what is refused for other reasons waits for nothing.
 */
export function letCallsGoFirst(app: FastifyInstance): void {
  app.register(fastifyPlugin(async (instance) => takeTurns(instance), { name: 'gatehouse-calls-first' }));
}

function takeTurns(app: FastifyInstance): void {
  const waiting: (() => void)[] = [];
  let atWork = 0;
  let isPumping = false;
  const pump = () => {
    isPumping = false;
    if (atWork >= mostAtWork) return;
    waiting.shift()?.();
    if (waiting.length > 0) pumpSoon();
  };
  const pumpSoon = () => {
    if (isPumping) return;
    isPumping = true;
    // Between two of these every socket is read once, Asterisk's too.
    setImmediate(pump);
  };
  const done = new WeakMap<object, () => void>();

  app.addHook('onRequest', (request, reply, next) => {
    if (probes.has(request.routeOptions.url ?? '')) return next();
    if (waiting.length >= mostWaiting) {
      void reply
        .code(503)
        .header('retry-after', 1)
        .send({ error: 'too much is asked for at once; wait a little' });
      return;
    }
    waiting.push(() => {
      // Gone while it waited.
      if (request.raw.destroyed || reply.raw.destroyed) return;
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
