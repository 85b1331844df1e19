import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { ListLibrary } from '../lists/list-library.ts';
import { type ListStatus, readStatus } from '../lists/list-status.ts';
import { declaredLists } from '../policy/declared-lists.ts';
import { type Region, toE164 } from '../policy/phone-number.ts';
import { harmlessJson } from '../report/harmless.ts';
import { rulesDir } from '../rules/rules-dir.ts';
import { listsText, type Standing, standingsText } from './lists-text.ts';

interface ListsOptions {
  readonly rules?: string;
  readonly data?: string;
  readonly json?: true;
}

interface OpenLists {
  readonly region: Region;
  readonly library: ListLibrary;
  readonly lists: readonly ListStatus[];
}

/** `gatehouse lists`: what each list holds and how its feed does. `find`: where a number stands. Nothing is written. */
export function listsCommand(): Command {
  const command = withOptions(new Command('lists'))
    .description('show the lists: sizes, ages, errors')
    .action(async (options: ListsOptions) => {
      const { lists } = await openLists(options);
      process.stdout.write(options.json ? `${harmlessJson({ lists })}\n` : listsText(lists, Date.now()));
    });
  const find = withOptions(new Command('find'))
    .description('say in which lists a number stands, and where')
    .argument('<number>', 'in any writing')
    .action(async (written: string, _own: ListsOptions, called: Command) => {
      await findNumber(written, called.optsWithGlobals<ListsOptions>());
    });
  return command.addCommand(find);
}

function withOptions(command: Command): Command {
  return command
    .option('--rules <dir>', 'directory of the rule files (default: $GATEHOUSE_RULES, else rules)')
    .option('--data <dir>', 'where the serving process keeps lists (default: $GATEHOUSE_DATA)')
    .option('--json', 'print one JSON object');
}

async function findNumber(written: string, options: ListsOptions): Promise<void> {
  const { region, library, lists } = await openLists(options);
  const number = toE164(written, region);
  if (number === null) throw new Error(`${JSON.stringify(written.slice(0, 40))} is not a phone number`);
  const now = Date.now();
  const standings = lists.flatMap(({ id, source }): Standing[] =>
    (library.list(id)?.locate(number, now) ?? []).map((entry) => ({ list: id, source, ...entry })),
  );
  process.stdout.write(
    options.json ? `${harmlessJson({ number, standings })}\n` : standingsText(number, standings),
  );
}

/** Every declared list read, from its image where the serving process made one, with what that process says of it. */
async function openLists(options: ListsOptions): Promise<OpenLists> {
  const rules = rulesDir(options.rules, process.env);
  const dir = join(options.data ?? (process.env.GATEHOUSE_DATA || '/var/lib/gatehouse'), 'lists');
  const text = await readFile(join(rules, 'policy.yaml'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Error(`${join(rules, 'policy.yaml')} cannot be read (${error.code})`);
  });
  const { region, lists: declared } = declaredLists(text);
  if (region === null) throw new Error(`${join(rules, 'policy.yaml')} is refused; run gatehouse check`);
  const library = new ListLibrary({ dir, serving: false });
  await library.open(declared, region, rules, await realpath(rules));
  const served = await readStatus(dir);
  const lists = library.status().map((own) => {
    const said = served.find(({ id, source }) => id === own.id && source === own.source);
    if (!said) return own;
    const { checkedAt, nextFetchAt } = said;
    return own.kind === 'feed'
      ? { ...own, checkedAt, nextFetchAt, lastError: own.lastError ?? said.lastError }
      : own;
  });
  return { region, library, lists };
}
