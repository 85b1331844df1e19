import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { type AccessOptions, localAccess } from '../../../src/report/access/access-options.ts';
import { AuditLog } from '../../../src/report/access/audit-log.ts';
import { protect } from '../../../src/report/access/protect.ts';
import type { GrantedRole } from '../../../src/report/access/role.ts';
import { Tokens } from '../../../src/report/access/tokens.ts';
import { RecordingLog } from '../../fakes/recording-log.ts';

export const caller = '+13175550123';

/** A server with one route a role, behind the real access. */
export class ShutServer {
  readonly dir = mkdtempSync(join(tmpdir(), 'gatehouse-access-'));
  readonly log = new RecordingLog();
  readonly app: FastifyInstance;
  readonly audit = new AuditLog(this.dir);
  readonly tokens = new Tokens(this.dir);
  now = Date.now();
  url = '';

  constructor(changes: Partial<AccessOptions> = {}) {
    this.app = Fastify();
    protect(this.app, { ...localAccess(this.dir, this.log), now: () => this.now, ...changes });
    this.app.get('/healthz', { config: { role: 'public' } }, () => ({ ok: true }));
    this.app.get('/seen', { config: { role: 'viewer' } }, ({ numbers, visitor }) => ({
      caller: numbers.show(caller, 'n1/1'),
      name: numbers.text('call 317 555 0123', 'n1/1'),
      csrf: visitor?.csrf,
      role: visitor?.role,
    }));
    this.app.get('/bare', { config: { role: 'analyst' } }, () => 'whole');
    this.app.post('/change', { config: { role: 'admin' } }, () => 'changed');
    this.app.post('/flag', { config: { role: 'viewer' } }, () => 'flagged');
  }

  async listen(): Promise<this> {
    this.url = await this.app.listen({ host: '127.0.0.1', port: 0 });
    return this;
  }

  async token(role: GrantedRole, name: string = role): Promise<string> {
    return (await this.tokens.create({ name, role, lastsMs: null }, this.now)).text;
  }

  ask(
    path: string,
    { method = 'GET', ...headers }: Record<string, string> = {},
    body?: string,
  ): Promise<Response> {
    const init = { method, headers, redirect: 'manual' as const };
    return fetch(this.url + path, body === undefined ? init : { ...init, body });
  }

  /** Signs in as a browser does; the cookie to send from then on. */
  async signIn(token: string): Promise<string> {
    const form = await this.ask('/login');
    const csrf = /name="_csrf" value="([^"]+)"/.exec(await form.text())?.[1] ?? '';
    const answer = await this.ask(
      '/login',
      {
        method: 'POST',
        cookie: cookiesOf(form),
        origin: this.url,
        'content-type': 'application/x-www-form-urlencoded',
      },
      new URLSearchParams({ _csrf: csrf, token }).toString(),
    );
    if (answer.status !== 303) throw new Error(`not signed in: ${answer.status} ${await answer.text()}`);
    return cookiesOf(answer);
  }

  async close(): Promise<void> {
    try {
      await this.app.close();
    } finally {
      rmSync(this.dir, { recursive: true, force: true });
    }
  }
}

/** What a browser would send back. */
export function cookiesOf(answer: Response): string {
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';', 1)[0] ?? '')
    .filter((cookie) => !cookie.endsWith('='))
    .join('; ');
}
