import { Command } from 'commander';
import { expect, it } from 'vitest';
import { picked, withJsonOption } from '../../src/cli/command/json-option.ts';

const read = (...args: string[]) =>
  withJsonOption(new Command('calls').exitOverride().configureOutput({ writeErr: () => undefined }), 'one', [
    'id',
    'caller',
  ])
    .parse(args, { from: 'user' })
    .opts().json;

it('all of it, or fields in the order in which they were asked for', () => {
  expect(read()).toBeUndefined();
  expect(read('--json')).toBe(true);
  expect(read('--json', 'caller, id')).toEqual(['caller', 'id']);
  expect(read('--json=id')).toEqual(['id']);
});

it.each([
  ['calller', /There is no field "calller"; did you mean "caller"\? fields: id, caller\./],
  ['', /There is no field ""; fields: id, caller\./],
  ['id,toString', /There is no field "toString"; fields: id, caller\./],
])('%j is no field, and those that there are are named', (text, words) => {
  expect(() => read('--json', text)).toThrow(words);
});

it('a row, several rows, and what a row lacks', () => {
  const row = { id: 1, caller: { number: '+1' } };
  expect(picked(row, true)).toBe(row);
  expect(JSON.stringify(picked(row, ['caller', 'id']))).toBe('{"caller":{"number":"+1"},"id":1}');
  expect(picked([row, { id: 2 }], ['caller'])).toEqual([{ caller: { number: '+1' } }, { caller: null }]);
  expect(picked([], ['id'])).toEqual([]);
});
