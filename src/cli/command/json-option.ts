import { type Command, InvalidArgumentError, Option } from 'commander';
import { wordRemedy } from '../../text/spelling.ts';

/** True: all that the command prints. */
export type JsonFields = true | readonly string[];

/** `--json [fields]` of a command that prints objects with these keys. */
export class JsonOption extends Option {
  readonly fields: readonly string[];

  constructor(what: string, fields: readonly string[]) {
    super('--json [fields]', `${what}, or only these fields of it, such as ${fields.slice(0, 2).join(',')}`);
    this.fields = fields;
    this.argParser((text: string) => {
      const names = text.split(',').map((name) => name.trim());
      const unknown = names.find((name) => !fields.includes(name));
      if (unknown === undefined) return names;
      throw new InvalidArgumentError(
        `There is no field ${JSON.stringify(unknown.slice(0, 40))}; ${wordRemedy(unknown, fields, 'fields')}.`,
      );
    });
  }
}

/** Adds `--json [fields]`; the help names all fields. @param what as in `one JSON object` */
export function withJsonOption(command: Command, what: string, fields: readonly string[]): Command {
  return command.addOption(new JsonOption(what, fields));
}

/** What is printed of `value`, an object or several. A field that is not there is null. */
export function picked(value: object | readonly object[], fields: JsonFields): object {
  if (fields === true) return value;
  if (Array.isArray(value)) return value.map((one: object) => picked(one, fields));
  const all = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(fields.map((name) => [name, all[name] ?? null]));
}
