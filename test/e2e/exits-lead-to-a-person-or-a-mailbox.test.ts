import { appendFile, chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CallerStep } from '../../lab/caller-scenario.ts';
import type { Lab } from '../../lab/lab.ts';
import {
  dialed,
  type ExitFate,
  exitLab,
  messages,
  operatorsAre,
  reloadDialplan,
  ringExit,
  ringTo,
  setGlobal,
  setSite,
} from './exit-lab.ts';

const answered = 'answered,hung-up';
const silent = { sendTones: 'silence', ms: 25_000 } as const;
const person = { sip: answered, exits: ['operators'] };

describe('an exit that leads nowhere: the next one takes the call', () => {
  let lab: Lab;
  const etc = (): string => join(lab.dir, 'etc');
  beforeAll(async () => {
    lab = await exitLab({
      edit: async (dir) => {
        await appendFile(
          join(dir, 'voicemail.conf'),
          '[default](+)\ntiny => 1234,Tiny,,,maxmsg=1|minsecs=3\nbrief => 1234,Brief,,,minsecs=3\n',
        );
        await appendFile(join(dir, 'queues.conf'), '[switchboard]\nstrategy = ringall\njoinempty = no\n');
        await appendFile(
          join(dir, 'pjsip.conf'),
          '[away]\ntype = endpoint\naors = away\nallow = ulaw\n[away]\ntype = aor\nmax_contacts = 1\n',
        );
        await appendFile(
          join(dir, 'extensions.conf'),
          '[declines]\nexten => s,1,Set(GOSUB_RESULT=CONTINUE)\n same => n,Return()\n[away-carrier]\nexten => _[+0-9]!,1,Dial(PJSIP/away,5)\n[away-before]\ninclude => away-carrier\ninclude => gatehouse-exit\n',
        );
        const inbox = join(dir, '..', 'spool', 'voicemail', 'default', 'tiny', 'INBOX');
        await mkdir(inbox, { recursive: true });
        await writeFile(join(inbox, 'msg0000.txt'), '[message]\norigtime=1\nduration=1\n');
        await writeFile(join(inbox, 'msg0000.wav'), '');
      },
    });
  });
  afterAll(async () => {
    await lab?.down();
  });

  async function withOperators(...steps: string[]): Promise<void> {
    await setSite(etc(), operatorsAre(...steps));
    await reloadDialplan(lab);
  }
  afterEach(async () => {
    await setGlobal(lab, 'GATEHOUSE_FALLBACK', 'gatehouse-before');
    await setGlobal(lab, 'GATEHOUSE_BOX', 'general');
    await setSite(etc(), (shipped) => shipped);
    await reloadDialplan(lab);
  });

  it('the unedited site file: to the context that the trunk had before, and says so', async () => {
    expect(await ringExit(lab, 'gatehouse-connect', 'operators=Acme')).toMatchObject({
      ...person,
      note: null,
    });
  });

  it('a mailbox that is there takes the message', async () => {
    const fate = await ringExit(lab, 'gatehouse-voicemail', 'general', { speak: 4000 });
    expect(fate).toMatchObject({ sip: answered, exits: ['voicemail'], note: null });
    expect(await messages(lab, 'general', 1)).toBe(1);
  });

  it('a mailbox that nobody made: the operators', async () => {
    expect(await ringExit(lab, 'gatehouse-voicemail', 'nobody')).toMatchObject({
      ...person,
      note: { exit: 'gatehouse-voicemail,nobody', to: 'operators', why: 'box-missing' },
    });
  });

  it('a full mailbox: the operators', async () => {
    expect(await ringExit(lab, 'gatehouse-voicemail', 'tiny', { hold: 9000 })).toMatchObject({
      sip: answered,
      exits: ['voicemail', 'operators'],
      note: { exit: 'gatehouse-voicemail,tiny', to: 'operators', why: 'box-full' },
    });
  });

  it('a mailbox that keeps no silence: a caller who says nothing is not sent on to people', async () => {
    expect(await ringExit(lab, 'gatehouse-voicemail', 'brief', silent)).toMatchObject({
      sip: 'answered,ended-by-peer',
      exits: ['voicemail'],
      note: { exit: 'gatehouse-voicemail,brief', to: 'voicemail:brief', why: 'said-nothing' },
    });
    expect(await messages(lab, 'brief', 0)).toBe(0);
  });

  it('a mailbox that keeps no silence takes what is said', async () => {
    const fate = await ringExit(lab, 'gatehouse-voicemail', 'brief', { speak: 6000 });
    expect(fate).toMatchObject({ sip: answered, exits: ['voicemail'], note: null });
    expect(await messages(lab, 'brief', 1)).toBe(1);
  });

  it('a full mailbox that keeps no silence: the operators, also for who says nothing', async () => {
    expect(await ringExit(lab, 'gatehouse-voicemail', 'tiny', { ...silent, ms: 9000 })).toMatchObject({
      exits: ['voicemail', 'operators'],
      note: { to: 'operators', why: 'box-full' },
    });
  });

  describe('a disk of messages that is full', () => {
    const onDisk = async (options: string, step: CallerStep): Promise<ExitFate> => {
      const dir = join(lab.dir, 'spool', 'voicemail');
      await lab.asterisk.run('mount', '-t', 'tmpfs', '-o', `${options},mode=0777`, 'tmpfs', dir);
      try {
        return await ringExit(lab, 'gatehouse-voicemail', 'general', step);
      } finally {
        await lab.asterisk.run('umount', '--lazy', dir);
      }
    };

    it.each([
      ['no room for sound', 'size=16k'],
      ['no room for another file', 'nr_inodes=8'],
      ['nobody may write', 'ro'],
    ])('%s: the operators', async (_, options) => {
      expect(await onDisk(options, { hold: 800 })).toMatchObject({
        exits: ['operators'],
        note: { to: 'operators', why: 'mailbox-failed' },
      });
    });

    it('filled in the second or two since there was room: the operators', async () => {
      const soon = Math.floor(Date.now() / 1000) + 1;
      await lab.asterisk.cli(`dialplan set global GATEHOUSE_ROOM_generaldefault ${soon}`);
      expect(await onDisk('size=16k', { speak: 4000 })).toMatchObject({
        exits: ['voicemail', 'operators'],
        note: { to: 'operators', why: 'mailbox-failed' },
      });
    });

    it('filled in the second or two since there was room, and no operator answers: on from there, not over', async () => {
      await withOperators('Dial(PJSIP/away,5)', 'Return()');
      const before = (await lab.operators.calls()).length;
      const soon = Math.floor(Date.now() / 1000) + 1;
      await lab.asterisk.cli(`dialplan set global GATEHOUSE_ROOM_generaldefault ${soon}`);
      expect(await onDisk('size=16k', { speak: 8000 })).toMatchObject({
        exits: ['voicemail', 'operators'],
      });
      expect(await lab.operators.calls()).toHaveLength(before + 1);
    });

    it('filled while the caller speaks: the operators', async () => {
      await lab.asterisk.cli('module unload app_system.so');
      try {
        expect(await onDisk('size=16k', { speak: 4000 })).toMatchObject({
          exits: ['voicemail', 'operators'],
          note: { to: 'operators', why: 'mailbox-failed' },
        });
      } finally {
        await lab.asterisk.cli('module load app_system.so');
      }
    });
  });

  it('a mailbox restored from a backup, whose messages Asterisk may not write: the operators', async () => {
    await ringExit(lab, 'gatehouse-voicemail', 'general', { speak: 4000 });
    await messages(lab, 'general', 1);
    const inbox = join(lab.dir, 'spool', 'voicemail', 'default', 'general', 'INBOX');
    await chmod(inbox, 0o555);
    try {
      expect(await ringExit(lab, 'gatehouse-voicemail', 'general', { speak: 4000 })).toMatchObject({
        exits: ['operators'],
        note: { to: 'operators', why: 'mailbox-failed' },
      });
    } finally {
      await chmod(inbox, 0o755);
    }
  });

  it('a hook of the site that runs out of steps: the call goes on', async () => {
    const path = join(etc(), 'extensions.conf');
    const whole = await readFile(path, 'utf8');
    const [before = '', hook = ''] = whole.split('[gatehouse-on-exit]');
    const cut = hook.replace(' same => n,Return()\n', '');
    expect(cut).not.toBe(hook);
    await writeFile(path, `${before}[gatehouse-on-exit]${cut}`);
    await reloadDialplan(lab);
    try {
      expect(await ringExit(lab, 'gatehouse-connect', 'operators=')).toMatchObject(person);
    } finally {
      await writeFile(path, whole);
    }
  });

  it('an exit that the site does not have: the operators', async () => {
    expect(await ringExit(lab, 'gatehouse-connect', 'no-such-desk=X')).toMatchObject({
      ...person,
      note: { exit: 'gatehouse-connect,no-such-desk=X', to: 'operators', why: 'no-context' },
    });
  });

  it.each([
    ['an empty queue', 'TryExec(Queue(switchboard,,,,5))', 'queue-empty'],
    ['a queue that nobody made', 'TryExec(Queue(no-such-queue,,,,5))', 'queue-missing'],
    ['a phone that is not registered', 'Dial(PJSIP/away,5)', 'unregistered'],
    ['a phone that nobody made', 'Dial(PJSIP/no-such-phone,5)', 'unregistered'],
    ['a phone whose owner declines', 'Dial(PJSIP/operators,10,U(declines))', 'no-answer'],
    ['an application that is not there', 'TryExec(NoSuchApplication())', 'returned'],
  ])('%s: the mailbox of the switchboard', async (_, step, why) => {
    for (const end of [['Return()'], []]) {
      await withOperators(step, ...end);
      expect(await ringExit(lab, 'gatehouse-connect', 'operators=')).toMatchObject({
        sip: answered,
        exits: ['operators', 'voicemail'],
        note: { exit: 'gatehouse-connect,operators=', to: 'voicemail:general', why },
      });
    }
  });

  it('nobody in the queue and no mailbox: the context that the trunk had before', async () => {
    await withOperators('TryExec(Queue(switchboard,,,,5))', 'Return()');
    await setGlobal(lab, 'GATEHOUSE_BOX', 'none');
    const fate = await ringExit(lab, 'gatehouse-voicemail', 'nobody');
    expect(fate).toMatchObject({ sip: answered, note: { to: 'operators', why: 'box-missing' } });
    expect((await lab.operators.calls()).length).toBeGreaterThan(0);
  });

  it('the unedited site file, and in the former context a phone that is not registered: the mailbox', async () => {
    await setGlobal(lab, 'GATEHOUSE_FALLBACK', 'away-before');
    expect(await ringTo(lab, dialed)).toMatchObject({
      sip: answered,
      exits: ['operators', 'voicemail'],
      note: { to: 'voicemail:general', why: 'unregistered' },
    });
  });

  it('nobody at all: 503 to the carrier, and a caller who was answered is told', async () => {
    await withOperators('TryExec(Queue(switchboard,,,,5))', 'Return()');
    await setGlobal(lab, 'GATEHOUSE_BOX', 'none');
    await setGlobal(lab, 'GATEHOUSE_FALLBACK', 'no-such-context');
    expect(await ringExit(lab, 'gatehouse-voicemail', 'nobody')).toMatchObject({
      sip: 'rejected-503',
      note: { to: 'nowhere', why: 'queue-empty' },
    });
    const full = await ringExit(lab, 'gatehouse-voicemail', 'tiny', { hold: 30_000 });
    expect(full).toMatchObject({
      sip: 'answered,ended-by-peer',
      note: { to: 'nowhere', why: 'queue-empty' },
    });
  });

  it.each(['gatehouse-in', 'gatehouse-operators'])(
    'contexts that lead back to us (%s) end',
    async (context) => {
      await withOperators(
        context === 'gatehouse-in' ? `Goto(${context},${dialed},1)` : `Goto(${context},s,1)`,
      );
      await setGlobal(lab, 'GATEHOUSE_FALLBACK', context);
      await setGlobal(lab, 'GATEHOUSE_BOX', 'none');
      expect(await ringTo(lab, dialed)).toMatchObject({ sip: 'rejected-503' });
    },
  );

  it.each(['connect', 'voicemail', 'reject', 'release', 'bypass'])(
    'time that runs out while %s begins: the operators',
    async (exit) => {
      expect(await ringExit(lab, `gatehouse-${exit}`, 'T')).toMatchObject(person);
    },
  );

  it('without the voicemail application: the operators', async () => {
    await lab.asterisk.cli('module unload app_voicemail.so');
    expect(await ringExit(lab, 'gatehouse-voicemail', 'general')).toMatchObject({
      ...person,
      note: { to: 'operators', why: 'box-missing' },
    });
    await lab.asterisk.cli('module load app_voicemail.so');
  });
});

describe('files that are not there, or cannot be read', () => {
  let lab: Lab;
  afterEach(async () => {
    await lab?.down();
  });

  it.each([
    ['no site file', (etc: string) => rm(join(etc, 'gatehouse', 'gatehouse-site.conf'))],
    [
      'a site file that Asterisk may not read',
      (etc: string) => chmod(join(etc, 'gatehouse', 'gatehouse-site.conf'), 0),
    ],
  ])('%s: the operators', async (_, edit) => {
    lab = await exitLab({ edit });
    const fate = await ringTo(lab, dialed);
    expect(fate).toMatchObject({ sip: answered, exits: ['operators'] });
    expect(fate.bypass).toContain('reason=app-absent');
    expect(await ringExit(lab, 'gatehouse-voicemail', 'nobody')).toMatchObject(person);
  });

  it('gatehouse.conf that Asterisk may not read: the trunk rings as before', async () => {
    lab = await exitLab({ edit: (etc) => chmod(join(etc, 'gatehouse', 'gatehouse.conf'), 0) });
    expect(await ringTo(lab, dialed)).toMatchObject({ sip: answered });
    expect(await lab.operators.calls()).toHaveLength(1);
  });
});
