import { join } from 'node:path';
import { Command } from 'commander';
import { defaultWords } from '../config/read-setting.ts';
import { FeedStore } from '../lists/feeds/feed-store.ts';
import type { ListLibrary } from '../lists/list-library.ts';
import { type ListStatus, readStatus } from '../lists/list-status.ts';
import { type Region, toE164 } from '../numbers/phone-number.ts';
import { readShortCode } from '../numbers/short-code.ts';
import { listsText, type Standing, standingsText } from '../terminal/lists-text.ts';
import { screenOf, wrapped } from '../terminal/screen.ts';
import { visibleJson } from '../text/visible-text.ts';
import { type JsonFields, picked, withJsonOption } from './command/json-option.ts';
import { declaredHere, openedLists } from './command/open-lists.ts';
import { withListsOption, withRulesOption } from './command/options.ts';
import { CommandError, print, run } from './command/run.ts';

interface ListsOptions {
  readonly rules?: string;
  readonly data?: string;
  readonly json?: JsonFields;
}

interface OpenLists {
  readonly region: Region;
  readonly library: ListLibrary;
  readonly lists: readonly ListStatus[];
}

/** `gatehouse lists`: size, age and errors of each list. `find`: where a number is listed. `accept`: ends a quarantine. */
export function listsCommand(): Command {
  const command = withOptions(new Command('lists').enablePositionalOptions(), ['lists'])
    .description('show the lists: sizes, ages, errors')
    .action((options: ListsOptions, self: Command) =>
      run(self, async () => {
        const { lists } = await openLists(options);
        await print(
          options.json
            ? `${visibleJson(picked({ lists }, options.json))}\n`
            : listsText(lists, Date.now(), screenOf()),
        );
      }),
    );
  const find = withOptions(new Command('find'), ['number', 'standings'])
    .description('show the lists that contain a number, and where')
    .argument('<number>', 'in any format')
    .action((number: string, _own: ListsOptions, self: Command) =>
      run(self, () => findNumber(number, self.optsWithGlobals<ListsOptions>())),
    );
  const accept = withOptions(new Command('accept'), ['list', 'accepted'])
    .description('accept a quarantined feed download')
    .argument('<list>', 'name of the list')
    .action((id: string, _own: ListsOptions, self: Command) =>
      run(self, () => acceptFeed(id, self.optsWithGlobals<ListsOptions>())),
    );
  return command.addCommand(find).addCommand(accept);
}

function withOptions(command: Command, fields: readonly string[]): Command {
  withListsOption(withRulesOption(command), defaultWords('GATEHOUSE_DATA'));
  return withJsonOption(command, 'one JSON object', fields);
}

async function findNumber(written: string, options: ListsOptions): Promise<void> {
  const { region, library, lists } = await openLists(options);
  const number = readShortCode(written, region) ?? toE164(written, region);
  if (number === null)
    throw new CommandError('number', `${JSON.stringify(written.slice(0, 40))} is not a phone number`);
  const now = Date.now();
  const standings = lists.flatMap(({ id, source }): Standing[] =>
    (library.list(id)?.locate(number, now) ?? []).map((entry) => ({ list: id, source, ...entry })),
  );
  await print(
    options.json
      ? `${visibleJson(picked({ number, standings }, options.json))}\n`
      : wrapped(standingsText(number, standings)),
  );
}

/** The running Gatehouse then loads the policy with it. */
async function acceptFeed(id: string, options: ListsOptions): Promise<void> {
  const { declared, dir } = await declaredHere(options);
  const list = declared.find((one) => one.id === id);
  if (list === undefined) {
    const feeds = declared.filter(({ source }) => source.kind === 'feed').map((one) => one.id);
    throw new CommandError('no-such-list', `there is no list "${id}"; feeds: ${feeds.join(', ') || 'none'}`);
  }
  if (list.source.kind !== 'feed')
    throw new CommandError('no-feed', `the list "${id}" is a file; only feeds are quarantined`);
  const accepted = await new FeedStore(join(dir, 'feeds')).release(id, list.source.url);
  if (!accepted) throw new CommandError('no-quarantine', `"${id}" has nothing in quarantine`);
  await print(
    options.json
      ? `${visibleJson(picked({ list: id, accepted }, options.json))}\n`
      : wrapped(`${id}: accepted; the running Gatehouse loads it now, otherwise at the next start\n`),
  );
}

/** Every declared list, from its image if there is one, with the feed status of the running Gatehouse. */
async function openLists(options: ListsOptions): Promise<OpenLists> {
  const here = await declaredHere(options);
  const library = await openedLists(here, here.declared);
  const served = await readStatus(here.dir);
  const lists = library.status().map((own) => {
    const said = served.find(({ id, source }) => id === own.id && source === own.source);
    if (!said || own.kind !== 'feed') return own;
    const { checkedAt, nextFetchAt, quarantined = null } = said;
    return { ...own, checkedAt, nextFetchAt, quarantined, lastError: own.lastError ?? said.lastError };
  });
  return { region: here.region, library, lists };
}
