import { Command } from 'commander';
import { DateTime } from 'luxon';
import type { Campaign, CampaignWords } from '../../campaigns/campaign.ts';
import { RedisCampaigns } from '../../history/redis-campaigns.ts';
import { maskNumbersIn } from '../../privacy/mask-number.ts';
import { campaignStory, campaignsText } from '../../terminal/campaigns-text.ts';
import { wrapped } from '../../terminal/screen.ts';
import { visibleJson, visibleText } from '../../text/visible-text.ts';
import { type JsonFields, picked, withJsonOption } from '../command/json-option.ts';
import { withRedisOption } from '../command/options.ts';
import { auditDone } from '../command/printed-numbers.ts';
import { withRedis, withRedisWrite } from '../command/redis.ts';
import { CommandError, print, run } from '../command/run.ts';

const redisCommandMs = 5_000;
const longestName = 60;
const fields: readonly (keyof Campaign)[] = [
  ...([
    'id',
    'name',
    'reason',
    'traits',
    'also',
    'by',
    'state',
    'startedAt',
    'recognizedAt',
    'peakAt',
  ] as const),
  ...(['lastAt', 'endedAt', 'returns', 'calls', 'numbers', 'calledNumbers', 'callsPerMinute'] as const),
  ...(['pinned', 'returnsAtOnce', 'mergedInto'] as const),
];
const wordFields: readonly ('id' | keyof CampaignWords)[] = [
  'id',
  'name',
  'pinned',
  'dismissed',
  'mergedInto',
];

interface CampaignsOptions {
  readonly all?: true;
  readonly json?: JsonFields;
  readonly redis?: string;
}

/**
 * `gatehouse campaigns`: lists them; `show`, `name`, `merge`, `dismiss`, `restore`, `pin`, `unpin`. Error codes: `no-such-campaign`,
 * `name`, `merge`.
 */
export function campaignsCommand(): Command {
  const command = withOptions(new Command('campaigns').enablePositionalOptions(), ['campaigns'])
    .description('list the campaigns that go on: calls that belong together though their numbers change')
    .option('--all', 'also those that are over or dismissed, of the last 90 days')
    .action((options: CampaignsOptions, self: Command) => run(self, () => list(options)));
  const add = (
    name: string,
    about: string,
    act: (self: Command, ...args: readonly string[]) => Promise<void>,
  ) => {
    const [verb = '', ...args] = name.split(' ');
    const one = withOptions(new Command(verb), verb === 'show' ? fields : wordFields).description(about);
    for (const arg of args) one.argument(arg);
    one.action((...given: readonly unknown[]) => {
      const self = given.at(-1) as Command;
      return run(self, () => act(self, ...(given.slice(0, args.length) as string[])));
    });
    command.addCommand(one);
  };
  add('show <id>', 'the story of one campaign', (self, id = '') => show(id, optionsOf(self)));
  add('name <id> <name>', 'give it a name that people use', (self, id = '', name = '') =>
    say(id, { name: wantedName(name) }, `is named ${visibleText(wantedName(name))}`, optionsOf(self)),
  );
  add(
    'merge <id> <into>',
    'the calls of the first belong to the second from now on',
    (self, id = '', into = '') => merge(id, into, optionsOf(self)),
  );
  add(
    'dismiss <id>',
    'it is none: its calls are ordinary calls, and make no campaign for 30 days',
    (self, id = '') => say(id, { dismissed: true, pinned: false }, 'is dismissed', optionsOf(self)),
  );
  add('restore <id>', 'it was one after all', (self, id = '') =>
    say(id, { dismissed: false }, 'is no longer dismissed', optionsOf(self)),
  );
  add('pin <id>', 'it goes on until it is unpinned, however quiet it is', (self, id = '') =>
    say(id, { pinned: true }, 'is pinned', optionsOf(self)),
  );
  add('unpin <id>', 'it ends by itself again', (self, id = '') =>
    say(id, { pinned: false }, 'is no longer pinned', optionsOf(self)),
  );
  return command;
}

function withOptions(command: Command, names: readonly string[]): Command {
  return withRedisOption(withJsonOption(command, 'one JSON object', names));
}

function optionsOf(self: Command): CampaignsOptions {
  return self.optsWithGlobals<CampaignsOptions>();
}

async function list(options: CampaignsOptions): Promise<void> {
  const found = await campaignsIn(options);
  const shown = found.filter(({ state }) => options.all || state === 'active');
  const text = campaignsText(shown, options.all === true);
  await print(
    options.json
      ? `${visibleJson(picked({ campaigns: shown }, options.json))}\n`
      : wrapped(maskNumbersIn(text)),
  );
}

async function show(id: string, options: CampaignsOptions): Promise<void> {
  const found = one(await campaignsIn(options), id);
  await print(
    options.json
      ? `${visibleJson(picked(found, options.json))}\n`
      : wrapped(maskNumbersIn(campaignStory(found, writtenTime))),
  );
}

async function merge(id: string, into: string, options: CampaignsOptions): Promise<void> {
  const all = await campaignsIn(options);
  const target = one(all, into);
  one(all, id);
  if (id === into) throw new CommandError('merge', 'a campaign cannot be merged into itself');
  if (target.mergedInto !== undefined)
    throw new CommandError('merge', `${into} is merged into ${target.mergedInto} itself; name that one`);
  await say(id, { mergedInto: into }, `is merged into ${into}`, options);
}

async function say(id: string, words: CampaignWords, what: string, options: CampaignsOptions): Promise<void> {
  one(await campaignsIn(options), id);
  await withRedisWrite(
    options.redis,
    'campaigns',
    (redis) => new RedisCampaigns(redis).say(id, words),
    redisCommandMs,
  );
  const detail = `${id}: ${visibleJson(words)}`;
  await auditDone({ event: 'campaign', route: 'gatehouse campaigns', calls: [], numbers: [], detail });
  const text = `Campaign ${id} ${what}. Every node follows within seconds.`;
  await print(
    options.json ? `${visibleJson(picked({ id, ...words }, options.json))}\n` : wrapped(`${text}\n`),
  );
}

function campaignsIn({ redis: url }: CampaignsOptions): Promise<readonly Campaign[]> {
  return withRedis(url, 'campaigns', (redis) => new RedisCampaigns(redis).list(Date.now()), redisCommandMs);
}

/** @throws CommandError `no-such-campaign` */
function one(all: readonly Campaign[], id: string): Campaign {
  const found = all.find((each) => each.id === id);
  if (found === undefined)
    throw new CommandError(
      'no-such-campaign',
      `there is no campaign ${visibleJson(id)}; gatehouse campaigns --all lists them`,
    );
  return found;
}

/** @throws CommandError `name` */
function wantedName(text: string): string {
  const name = visibleText(text, 'space', longestName);
  if (name === '') throw new CommandError('name', 'write a name');
  return name;
}

function writtenTime(at: number): string {
  return DateTime.fromMillis(at).toFormat('yyyy-MM-dd HH:mm ZZZZ');
}
