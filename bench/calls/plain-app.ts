import { ariAddress } from '../../src/ari/ari-address.ts';
import { readAriEvent } from '../../src/ari/ari-events.ts';
import { AriHttp } from '../../src/ari/ari-http.ts';
import { AriLibrary } from '../../src/ari/ari-library.ts';
import { AriSocket } from '../../src/ari/ari-socket.ts';
import { silentLog } from '../../src/log/log.ts';
import { systemClock } from '../../src/process/clock.ts';

/**
 * A peer to compare with: ari-client, on a transport that keeps its connections, that does nothing but let each call go on.
 * No facts, no decision, no record. env: ARI_URL, ARI_PASSWORD.
 */
const app = 'bench-plain';
const { ARI_URL = '', ARI_PASSWORD = '' } = process.env;
const address = ariAddress({ url: ARI_URL, username: 'gatehouse', password: ARI_PASSWORD, app });
const http = new AriHttp({ address, timeoutMs: 10_000, clock: systemClock });
const library = await AriLibrary.open(http);
new AriSocket({
  address,
  handshakeTimeoutMs: 5_000,
  pingIntervalMs: 5_000,
  pongTimeoutMs: 5_000,
  log: { ...silentLog, warn: console.error, error: console.error },
  clock: systemClock,
  onOpen: () => console.log('open'),
  onMessage(text) {
    const event = readAriEvent(text, app);
    if (typeof event === 'string' || event.type !== 'call-started') return;
    const target = { context: 'gatehouse-to-operators', extension: event.args[0] ?? 's' };
    library.continueAt(event.channel.id, target).catch((error: unknown) => console.error(error));
  },
  onLost: () => {},
}).start();
