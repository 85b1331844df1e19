import { Command, InvalidArgumentError, Option } from 'commander';
import { DateTime } from 'luxon';
import { type GrantedRole, grantedRoles } from '../report/access/role.ts';
import { Tokens } from '../report/access/tokens.ts';
import { tell, wrapped } from '../terminal/screen.ts';
import { visibleJson, visibleText } from '../text/visible-text.ts';
import { type JsonFields, picked, withJsonOption } from './command/json-option.ts';
import { dataDir } from './command/options.ts';
import { audit } from './command/printed-numbers.ts';
import { messageOf, onData, run } from './command/run.ts';

const dayMs = 86_400_000;

/** `gatehouse token new|list|revoke`: who can see the report, without an identity provider. Takes effect at once. */
export function tokenCommand(): Command {
  return new Command('token')
    .description('manage access tokens for the report and its API (stored in GATEHOUSE_DATA)')
    .addCommand(newToken())
    .addCommand(listTokens())
    .addCommand(revokeToken());
}

function newToken(): Command {
  const role = new Option(
    '--role <role>',
    'viewer: masked numbers; analyst: full numbers; admin: can also make changes',
  )
    .choices(grantedRoles)
    .makeOptionMandatory();
  return new Command('new')
    .description('create a token; it is printed once and not stored')
    .addOption(role)
    .requiredOption('--name <name>', 'owner, as shown in the audit log', tokenName)
    .option('--days <days>', 'how long it is valid (default: forever)', days)
    .action((options: { role: GrantedRole; name: string; days?: number }, command: Command) =>
      run(command, async () => {
        const lastsMs = options.days === undefined ? null : options.days * dayMs;
        const { text, token } = await onData(tokens().create({ ...options, lastsMs }, Date.now()));
        await auditToken('token-made', `token new ${token.id}`, `${token.name}: ${token.role}`);
        console.log(text);
        tell(`token ${token.id} for ${token.name}, ${token.role}; it is not shown again`);
      }),
    );
}

function listTokens(): Command {
  const command = new Command('list').description('list the tokens, without their secrets');
  return withJsonOption(command, 'one JSON array', ['id', 'name', 'role', 'createdAt', 'expiresAt']).action(
    ({ json }: { json?: JsonFields }, self: Command) =>
      run(self, async () => {
        const found = await onData(tokens().list());
        const shown = found.map(({ hash: _, ...rest }) => rest);
        if (json) return console.log(visibleJson(picked(shown, json)));
        if (shown.length === 0) return console.log('no tokens');
        for (const { id, role, name, createdAt, expiresAt } of shown)
          console.log(
            wrapped(`${id}  ${role.padEnd(7)}  ${date(createdAt)}  ${end(expiresAt)}  ${visibleText(name)}`),
          );
      }),
  );
}

function revokeToken(): Command {
  return new Command('revoke')
    .description('revoke a token; everyone signed in with it is signed out')
    .argument('<id or name>')
    .action((wanted: string, _: unknown, command: Command) =>
      run(command, async () => {
        const gone = await onData(tokens().revoke(wanted));
        await auditToken('token-revoked', `token revoke ${gone.id}`, `${gone.name}: ${gone.role}`);
        console.log(wrapped(`revoked ${gone.id}, ${visibleText(gone.name)}`));
      }),
    );
}

const tokens = () => new Tokens(dataDir());

async function auditToken(
  event: 'token-made' | 'token-revoked',
  route: string,
  detail: string,
): Promise<void> {
  await audit({ event, route, detail }).catch((error: unknown) =>
    tell(`cannot write the audit log: ${messageOf(error)}`),
  );
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
const end = (at: number | null) => (at === null ? 'forever '.padEnd(16) : `until ${date(at)}`);
