import type { FastifyInstance } from 'fastify';
import type { Settings } from '../config/settings.ts';
import type { ListLibrary } from '../lists/list-library.ts';
import type { Log } from '../log/log.ts';
import { includesRole } from '../report/access/role.ts';
import type { Health } from '../report/api/health.ts';
import type { Metrics } from '../report/api/metrics.ts';
import { addMachineRoutes } from '../report/api/open-api.ts';
import { HttpServer } from '../report/http-server.ts';
import { registerPages } from '../report/web/register-pages.ts';
import type { ListEditor } from '../rules/list-edits/list-editor.ts';
import type { LivePolicy } from '../rules/live-policy.ts';
import type { Admission } from '../screening/admission.ts';
import type { CallScreening } from './call-screening.ts';
import { campaignRules } from './campaign-rules.ts';
import { levelRules, levelsWork } from './level-measures.ts';
import { listPages } from './list-pages.ts';
import type { OwnCalls } from './open-canary.ts';
import { listsView, liveView, Presence, policyView } from './page-views.ts';
import type { RecordKeeping } from './record-keeping.ts';
import type { RuleChanges } from './rule-changes/rule-changes.ts';
import { rulePages } from './rule-changes/rule-pages.ts';

interface WebParts {
  readonly settings: Settings;
  readonly policy: LivePolicy;
  readonly lists: ListLibrary;
  readonly recordKeeping: RecordKeeping;
  readonly screening: CallScreening;
  readonly admission: Admission;
  readonly canary: OwnCalls;
  readonly listEditor: ListEditor;
  readonly ruleChanges: RuleChanges;
  readonly health: () => Health;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** The HTTP server with everything it answers; not listening yet. */
export function openWebServer(parts: WebParts): HttpServer {
  const { settings, policy, recordKeeping, health, metrics, log } = parts;
  const machines = (app: FastifyInstance) => addMachineRoutes(app, metrics);
  const options = {
    ...settings.http,
    records: recordKeeping.records,
    health,
    routes: [settings.http.pages ? pages(parts) : pagesOff, machines],
    reload: (who: string) => policy.reload({ by: 'request', who }),
    callCanary: () => parts.canary.now(),
    access: { ...settings.access, dataDir: settings.data, log },
    trustedProxies: settings.access.trustedProxies,
    log,
  };
  try {
    return new HttpServer(options);
  } catch (error) {
    log.error('The pages cannot be opened; calls are screened without them', { error });
    const access = { ...options.access, mode: 'required', publicUrl: null, oidc: null } as const;
    return new HttpServer({
      ...options,
      ...{ host: '127.0.0.1', access, trustedProxies: [], routes: [pagesOff, machines] },
    });
  }
}

/** Holds nothing that is not for everybody. */
function pagesOff(app: FastifyInstance): void {
  app.get('/', { config: { role: 'public' } }, (_, reply) =>
    reply
      .code(503)
      .type('text/plain; charset=utf-8')
      .send('The pages are off because a setting is wrong. The log of Gatehouse names it and what helps.\n'),
  );
}

function pages(parts: WebParts): (app: FastifyInstance) => void {
  const {
    settings,
    policy,
    lists,
    listEditor,
    ruleChanges,
    recordKeeping,
    screening,
    admission,
    health,
    log,
  } = parts;
  const { records, flags, actions, outbox, pulse } = recordKeeping;
  const { screener, link } = screening;
  const { node } = settings;
  const now = Date.now;
  const ari = new Presence(
    () => link.state() === 'connected',
    () => link.state(),
    now(),
  );
  link.onState(() => ari.update(now()));
  return (app) =>
    registerPages(app, {
      records,
      flagging: {
        flags,
        actions,
        form: ({ visitor }) => (visitor !== null && includesRole(visitor.role, 'analyst') ? visitor : null),
        note: (request, action) => request.noteAction(action),
      },
      impact: recordKeeping.impact,
      callers: recordKeeping.aboutCallers,
      live: liveView({
        ...{ screener, node, ari, redis: pulse, admission, now },
        component: health,
        backlog: () => outbox.waitingOutcomes(),
        outbox: () => outbox.state(),
        oddSettings: () => link.oddSettings(),
      }),
      policy: policyView(policy),
      ...rulePages(policy, ruleChanges),
      ...listPages(lists, listEditor, policyView(policy)),
      levels: levelsWork(recordKeeping, policy),
      lists: listsView(lists, policy),
      campaigns: () => recordKeeping.campaigns.all(),
      events: () => recordKeeping.events.all(),
      campaignRules: () => {
        const askLevels = levelRules(policy.current());
        const measures = health().levels.measures.map(({ rule }) => rule);
        return campaignRules(policy.current()).filter((id) => !askLevels.has(id) || measures.includes(id));
      },
      now,
      numbers: (request) => request.numbers,
      log,
    });
}
