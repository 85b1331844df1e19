import { setTimeout as sleep } from 'node:timers/promises';
import { textOfGatehouse } from '../ask-gatehouse.ts';
import { error, type Finding, ok, unknown } from '../finding.ts';
import type { Site } from '../site.ts';

const askMs = 15_000;
const [againMs, mostAgain] = [1_000, 10];

const report = (settings: Site['settings']) =>
  textOfGatehouse(settings, '/api/report?since=1h', { forMs: askMs }).catch(() => null);

/** Whether pages and reports are answered; what waits for Redis is in the group service. */
export async function* records({ settings }: Site): AsyncGenerator<Finding> {
  let reply = await report(settings);
  // Right after its start it still reads them.
  for (let again = 0; reply?.status === 503 && again < mostAgain; again++) {
    await sleep(againMs);
    reply = await report(settings);
  }
  // The group service says that it does not run.
  if (reply === null) return;
  if (reply.status === 200) yield ok('records.projection', 'pages and reports are answered from the records');
  else if (reply.status === 401 || reply.status === 403)
    yield unknown('records.projection', 'it answers reports only to the user that it runs as');
  else
    yield error(
      'records.projection',
      `reports are not answered (HTTP ${reply.status}); calls are screened and recorded`,
      'journalctl -u gatehouse -n 50; records.duckdb in GATEHOUSE_DATA may be deleted, it is built again from Redis',
    );
}
