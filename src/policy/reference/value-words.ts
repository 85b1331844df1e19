import { durationPattern } from '../duration.ts';
import type { JsonSchema } from './json-schemas.ts';

type Schema = JsonSchema | boolean | undefined;

/** What can be written for a schema, short: `1 to 5`, `connect`, `voicemail`, `true or false`, `text, or a list of them`. */
export function valueWords(schema: Schema): string {
  if (schema === undefined || typeof schema === 'boolean') return 'anything';
  if (schema.$ref !== undefined || schema.allOf !== undefined) return 'conditions';
  if (schema.enum) return schema.enum.map((one) => `\`${one}\``).join(', ');
  if (schema.const !== undefined) return `\`${schema.const}\``;
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives) return alternativeWords(alternatives);
  switch (schema.type) {
    case 'boolean':
      return '`true`, `false`';
    case 'integer':
    case 'number':
      return schema.minimum === undefined ? 'a number' : `${schema.minimum} to ${schema.maximum}`;
    case 'array':
      return `list of: ${valueWords(first(schema.items))}`;
    case 'object':
      return objectWords(schema);
    default:
      return schema.pattern === durationPattern.source ? 'duration: `30d`, `1h30m`, `10m`, `6s`' : 'text';
  }
}

function alternativeWords(alternatives: readonly Schema[]): string {
  const parts = alternatives.map(valueWords);
  // One value or a list of the same.
  const [list, single] = parts;
  if (parts.length === 2 && list === `list of: ${single}`) return `${single}; one or a list`;
  return [...new Set(parts)].join('; or ');
}

function objectWords({ properties, additionalProperties, propertyNames }: JsonSchema): string {
  if (properties) return `{ ${Object.keys(properties).join(', ')} }`;
  const names = typeof propertyNames === 'object' && propertyNames.enum ? valueWords(propertyNames) : 'names';
  return `${names}, each with: ${valueWords(additionalProperties)}`;
}

function first(items: JsonSchema['items']): Schema {
  return Array.isArray(items) ? items[0] : items;
}
