import { Command, InvalidArgumentError, Option } from 'commander';
import { DateTime } from 'luxon';
import { AuditLog } from '../report/access/audit-log.ts';
import { type GrantedRole, grantedRoles } from '../report/access/role.ts';
import { TokenError, Tokens } from '../report/access/tokens.ts';
import { harmless, harmlessJson } from '../report/harmless.ts';

const dayMs = 86_400_000;

/** `gatehouse token new|list|revoke`: who may see the report, without an identity provider. Takes effect at once. */
export function tokenCommand(): Command {
  return new Command('token')
    .description('access tokens for the report and its interfaces (kept in GATEHOUSE_DATA)')
    .addCommand(newToken())
    .addCommand(listTokens())
    .addCommand(revokeToken());
}

function newToken(): Command {
  const role = new Option(
    '--role <role>',
    'viewer: masked numbers; analyst: whole ones; admin: also changes things',
  )
    .choices(grantedRoles)
    .makeOptionMandatory();
  return new Command('new')
    .description('make a token; it is printed once and kept nowhere')
    .addOption(role)
    .requiredOption('--name <name>', 'whose it is, as the audit log tells it', tokenName)
    .option('--days <days>', 'how long it is good; for ever when left out', days)
    .action(async (options: { role: GrantedRole; name: string; days?: number }, command: Command) => {
      const lastsMs = options.days === undefined ? null : options.days * dayMs;
      const { text, token } = await orExplain(command, tokens().create({ ...options, lastsMs }, Date.now()));
      await note('token-made', `token new ${token.id}`, `${token.name}: ${token.role}`);
      console.log(text);
      console.error(`token ${token.id} for ${token.name}, ${token.role}; it is not shown again`);
    });
}

function listTokens(): Command {
  return new Command('list')
    .description('show the tokens, without themselves')
    .option('--json', 'for programs')
    .action(async ({ json }: { json?: true }, command: Command) => {
      const found = await orExplain(command, tokens().list());
      const shown = found.map(({ hash: _, ...rest }) => rest);
      if (json) return console.log(harmlessJson(shown));
      if (shown.length === 0) return console.log('no tokens');
      for (const { id, role, name, createdAt, expiresAt } of shown)
        console.log(`${id}  ${role.padEnd(7)}  ${date(createdAt)}  ${end(expiresAt)}  ${harmless(name)}`);
    });
}

function revokeToken(): Command {
  return new Command('revoke')
    .description('end a token; who signed in with it is signed out')
    .argument('<id or name>')
    .action(async (wanted: string, _: unknown, command: Command) => {
      const gone = await orExplain(command, tokens().revoke(wanted));
      await note('token-revoked', `token revoke ${gone.id}`, `${gone.name}: ${gone.role}`);
      console.log(`revoked ${gone.id}, ${harmless(gone.name)}`);
    });
}

const dataDir = () => process.env.GATEHOUSE_DATA || '/var/lib/gatehouse';
const tokens = () => new Tokens(dataDir());

async function note(event: 'token-made' | 'token-revoked', route: string, detail: string): Promise<void> {
  const who = process.env.SUDO_USER || process.env.USER || `uid ${process.getuid?.() ?? '?'}`;
  await new AuditLog(dataDir())
    .add({ event, who, role: null, address: null, route, detail })
    .catch((error: unknown) => console.error(`the audit log could not be written: ${String(error)}`));
}

async function orExplain<T>(command: Command, done: Promise<T>): Promise<T> {
  try {
    return await done;
  } catch (error) {
    if (error instanceof TokenError)
      command.error(`error: ${error.message}`, { exitCode: 1, code: error.code });
    const { code = 'unknown', message } = error as NodeJS.ErrnoException;
    const remedy = 'run this as the user that Gatehouse runs as (or root), with the same GATEHOUSE_DATA';
    return command.error(`error: ${message}\n  remedy: ${remedy}`, { exitCode: 1, code });
  }
}

function tokenName(text: string): string {
  if (!/^[\p{L}\p{N} ._@-]{1,64}$/u.test(text))
    throw new InvalidArgumentError('Write 1 to 64 letters, digits, spaces or . _ @ -');
  return text;
}

function days(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text))
    throw new InvalidArgumentError('Write a whole number of days, 1 to 9999.');
  return Number(text);
}

const date = (at: number) => DateTime.fromMillis(at).toFormat('yyyy-MM-dd');
const end = (at: number | null) => (at === null ? 'for ever '.padEnd(16) : `until ${date(at)}`);
