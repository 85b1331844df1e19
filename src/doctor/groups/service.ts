import { z } from 'zod';
import { canaryShape, type Health, healthShape } from '../../report/api/health.ts';
import { waitingNotes, waitingWords } from '../../spool/waiting-notes.ts';
import { addressOf, askGatehouse } from '../ask-gatehouse.ts';
import { error, type Finding, ok, unknown, warning } from '../finding.ts';
import type { Site } from '../site.ts';

/** Longer than a round of calls takes at most, after one that is under way. */
const canaryMs = 130_000;
const clockSlackMs = 2_000;
const staleBeatS = 6;
const manyWaiting = 1_000;
const log = 'journalctl -u gatehouse -n 50';

/** The running `gatehouse serve`. */
export async function* service({ settings, asterisk, callCanary }: Site): AsyncGenerator<Finding> {
  const address = addressOf(settings);
  const reply = await askGatehouse(settings);
  if (typeof reply === 'string') {
    yield error(
      'service.running',
      `no Gatehouse answers at ${address} (${reply}): calls go to the operators unscreened; ${waitingWords(await waitingNotes(settings.spool))}`,
      `systemctl start gatehouse; ${log}`,
    );
    return;
  }
  yield ok('service.running', `Gatehouse answers at ${address}`);
  if (asterisk !== null) {
    const beat = Number(await asterisk.read('GLOBAL(GATEHOUSE_BEAT)'));
    const ageS = Math.round(Date.now() / 1000 - beat);
    if (beat > 0 && Math.abs(ageS) > staleBeatS)
      yield error(
        'service.heartbeat',
        `its last sign of life in Asterisk is ${ageS} s old: calls bypass screening`,
        `systemctl restart gatehouse; if the clocks of two machines differ, set them (NTP)`,
      );
    else yield ok('service.heartbeat', 'Asterisk hears its heartbeat');
  }
  const health = z.looseObject(healthShape.shape).safeParse(reply);
  if (health.success) {
    yield* healthFindings(health.data as Health);
    yield* canaryFindings(callCanary ? await newCanary(settings) : (health.data.canary as Health['canary']));
  } else
    yield warning(
      'service.health',
      'it tells its health only to the user that it runs as',
      'run gatehouse doctor as that user, with the same GATEHOUSE_DATA',
    );
}

function* healthFindings(health: Health): Generator<Finding> {
  const { outbox, policy } = health;
  yield health.ari === 'connected'
    ? ok('service.ari', 'it is connected to Asterisk')
    : error('service.ari', `its connection to Asterisk: ${health.ari}`, log);
  if (health.otherDialplan)
    yield error(
      'service.dialplan',
      `${health.otherDialplan.message}: calls go to the operators`,
      health.otherDialplan.remedy,
    );
  yield health.redis === 'ready'
    ? ok('service.redis', 'it is connected to Redis')
    : error('service.redis', `its connection to Redis: ${health.redis}`, 'see the group redis');
  if (policy.refused !== null)
    yield error(
      'service.rules',
      `the rules on disk are refused; version ${policy.version} is in force`,
      'gatehouse check',
    );
  else if (policy.standIn !== null)
    yield error(
      'service.rules',
      'it was started with refused rules: earlier accepted ones are in force',
      'gatehouse check',
    );
  else yield ok('service.rules', `rules version ${policy.version} in force`);
  for (const { list, message } of health.quarantined)
    yield warning(
      `service.quarantine.${list}`,
      `feed ${list}: ${message}`,
      `gatehouse lists accept ${list}, after a look at it`,
    );
  for (const { trunk, callers, remedy } of health.keylessTrunks)
    yield error(
      `service.keys.${trunk}`,
      `no key arrives over trunk ${trunk} (${callers} callers were asked)`,
      remedy,
    );
  for (const { channel, reason, remedy } of health.failingChannels)
    yield warning(`service.notices.${channel}`, `notices by ${channel} fail: ${reason}`, remedy);
  if (outbox.failing !== null)
    yield error(
      'service.outbox',
      `records cannot be written to disk: ${outbox.failing.error}`,
      'free space on the disk of GATEHOUSE_DATA',
    );
  else if (outbox.setAside > 0)
    yield error('service.outbox', `Redis refuses ${outbox.setAside} records; they are kept`, log);
  else if (health.redis === 'ready' && health.backlog > manyWaiting)
    yield warning(
      'service.outbox',
      `${health.backlog} records wait to be sent to Redis`,
      'wait; if the number does not fall, look at the group redis',
    );
  else yield ok('service.outbox', 'records reach disk and Redis');
  if (health.overload.shedding)
    yield warning(
      'service.overload',
      'more calls than it can screen: unknown callers go to the operators',
      'nothing for now',
    );
}

function* canaryFindings(canary: Health['canary'] | string): Generator<Finding> {
  if (typeof canary === 'string') {
    yield unknown('service.canary', `no call could be made: ${canary}`, log);
    return;
  }
  const { state, checkedAt, faults } = canary;
  for (const { where, message, remedy } of faults)
    yield error(`service.canary.${where.replaceAll(' ', '.')}`, message, remedy);
  if (faults.length > 0) return;
  const ageS = checkedAt === null ? null : Math.round((Date.now() - checkedAt) / 1000);
  if (state === 'off')
    yield ok(
      'service.canary',
      'GATEHOUSE_CANARY=off: it makes no calls of its own but for gatehouse doctor --canary',
    );
  else if (ageS === null) yield unknown('service.canary', 'it has made no call of its own yet');
  else yield ok('service.canary', `its own calls came to every exit and mailbox, ${ageS} s ago`);
}

/** A text: why there is none. */
async function newCanary(settings: Site['settings']): Promise<Health['canary'] | string> {
  const begunAt = Date.now();
  const reply = await askGatehouse(settings, '/api/canary', { method: 'POST', forMs: canaryMs });
  if (typeof reply === 'string') return reply;
  const canary = canaryShape.safeParse(reply);
  if (!canary.success) return 'access denied, or Gatehouse is of another version';
  const isNew = canary.data.checkedAt !== null && canary.data.checkedAt >= begunAt - clockSlackMs;
  return isNew ? canary.data : 'Asterisk is away, or more calls come than can be screened';
}
