import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LabSystemd } from '../../lab/systemd.ts';
import { ShippedUnit } from './shipped-unit.ts';

const missing = await LabSystemd.missing();
const file = '/etc/gatehouse/rules/lists/blocked.txt';

/** What the page of the list and its forms come to under the unit's sandbox, with the commands of docs/install.md. */
describe.skipIf(missing !== null)('lists under a real systemd and the unit as it is shipped', () => {
  let unit: ShippedUnit;
  let guide: readonly string[];
  const run = (...command: string[]) => unit.systemd.run(...command);
  const shell = (script: string) => run('sh', '-ec', script);
  const screening = async () => {
    await unit.become('active', 'Screening calls');
    await unit.ready();
  };

  /** As an admin on this machine. */
  const ask = async (path: string, form?: Record<string, string>) => {
    const token = (await run('cat', '/var/lib/gatehouse/local-token')).trim();
    const reply = await fetch(`${unit.lab.gatehouse.url}${path}`, {
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
      headers: { authorization: `Bearer ${token}` },
      redirect: 'manual',
    });
    const html = await reply.text();
    const words = html.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
    return { status: reply.status, html, words, to: reply.headers.get('location') ?? '' };
  };
  const add = (number: string) =>
    ask('/lists/blocked/add', { number, reason: 'robot', name: '', expires: '' });
  /** The page that a change leads to. */
  const added = async (number: string) => {
    const { status, words, to } = await add(number);
    expect([status, status === 303 ? '' : words]).toEqual([303, '']);
    return ask(to);
  };
  const owner = async () => (await run('stat', '-c', '%U:%G %a', file)).trim();

  beforeAll(async () => {
    const install = await readFile('docs/install.md', 'utf8');
    const section = install.slice(install.indexOf('### Lists changed in the browser'));
    guide = [...section.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block = '']) => block).slice(0, 2);
    expect(guide.map((block) => block.includes('ReadWritePaths='))).toEqual([true, true]);
    // Nor does a lower priority of the whole service: its threads then lower theirs no further.
    unit = await ShippedUnit.up('Nice=10\n');
    await run('systemctl', 'start', 'gatehouse');
    await screening();
  });
  afterAll(() => unit?.down());

  it('as shipped nothing can be written, and the page says why and where to read how', async () => {
    const before = await run('cat', file);
    expect((await ask('/lists/blocked')).words).toMatch(/cannot be changed here: .*docs\/install\.md/);
    const refused = await add('+12125550188');
    expect(refused).toMatchObject({ status: 409 });
    expect(refused.words).toMatch(/Nothing was changed/);
    expect(await run('cat', file)).toBe(before);
    // The files alone are not enough: the sandbox holds.
    await shell('chown -R gatehouse:gatehouse /etc/gatehouse/rules/lists && systemctl restart gatehouse');
    await screening();
    expect((await ask('/lists/blocked')).words).toMatch(
      /may not write to the directory of its file \(EROFS\)/,
    );
    expect((await add('+12125550188')).status).toBe(409);
    expect(await run('cat', file)).toBe(before);
  });

  it('after the commands of the guide a row is added and taken back, to the byte; policy.yaml stays out of reach', async () => {
    await shell(guide[0] ?? '');
    await screening();
    const before = await run('cat', file);
    const mode = await owner();
    const { html, words } = await added('+12125550188');
    expect(words).toContain('+12125550188 was added to blocked');
    expect(words).not.toContain('in git');
    expect(await run('cat', file)).toContain('2125550188');
    expect(await owner()).toBe(mode);
    const [, id = ''] = /name="change" value="([^"]+)"/.exec(html) ?? [];
    expect((await ask('/lists/undo', { change: id })).status).toBe(303);
    expect(await run('cat', file)).toBe(before);
    const pid = (await unit.state()).MainPID;
    await expect(
      run('nsenter', '--target', `${pid}`, '--mount', 'touch', '/etc/gatehouse/rules/policy.yaml'),
    ).rejects.toThrow('Read-only file system');
  });

  it('a repository of root takes no commit: the change stands, and the page says so', async () => {
    await shell(`cd /etc/gatehouse/rules && git init -q && git add . &&
      git -c user.name=Rosa -c user.email=rosa@example.org commit -qm rules`);
    const { words } = await added('+12125550189');
    expect(words).toMatch(
      /not committed in git : the repository belongs to another user \(git: safe\.directory\)/,
    );
    expect(await run('cat', file)).toContain('2125550189');
  });

  it('where the guide gives the repository to the service, each change is a commit of its own', async () => {
    await shell(guide[1] ?? '');
    await screening();
    const { words } = await added('+12125550187');
    expect(words).toContain('The change is committed in git');
    const log = await run(
      'git',
      '-c',
      'safe.directory=*',
      '-C',
      '/etc/gatehouse/rules',
      'log',
      '-1',
      '--stat',
      '--format=%an: %s',
    );
    expect(log).toMatch(
      /^a command on this machine: Add \+1212•••••87 to blocked\n[\s\S]*lists\/blocked\.txt[\s\S]*1 file changed/,
    );
  });

  it('nothing of the sandbox stands in its way', async () => {
    const journal = await run('journalctl', '--unit=gatehouse', '--no-pager', '--output=cat');
    expect(journal.split('\n').filter((line) => line.includes('"level":"error"'))).toEqual([]);
  });
});
