import Fastify from 'fastify';
import { expect, it } from 'vitest';
import { localAccess } from '../../../src/report/access/access-options.ts';
import { protect, UnprotectedRouteError } from '../../../src/report/access/protect.ts';
import { RecordingLog } from '../../fakes/recording-log.ts';
import { temporaryFolder } from '../../fakes/temporary-folder.ts';

const shut = () => {
  const app = Fastify();
  protect(app, localAccess(temporaryFolder(), new RecordingLog()));
  return app;
};

it('a route without a role, or with one that there is not, cannot be registered', () => {
  expect(() => shut().get('/open', () => 'data')).toThrow(UnprotectedRouteError);
  expect(() => shut().get('/open', { config: { role: 'guest' as 'viewer' } }, () => 'data')).toThrow(
    'GET /open does not say in config.role',
  );
});

it('nor one that a plugin brings: the server does not start', async () => {
  const app = shut();
  app.register(async (inside) => {
    inside.get('/open', () => 'data');
  });
  await expect(app.ready()).rejects.toThrow(UnprotectedRouteError);
});
