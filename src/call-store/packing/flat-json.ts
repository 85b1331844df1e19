/**
 * JSON in two parts that pack well, because most records differ in their values alone: first the whole with a mark in the
 * place of each value (`~` a string, `#` anything else), then the values, a line each, strings as JSON escapes them but without quotes.
 */
const stringMark = '~';
const otherMark = '#';

/** A control character, a quote, a backslash or half of a pair: what JSON escapes (RFC 8259, section 7). */
const mayNeedEscape = /["\\\u0000-\u001f\ud800-\udfff]/;

/** `value`: as JSON.parse gives it. */
export function flatJson(value: unknown): string {
  const values: string[] = [];
  const shape = shapeOf(value, values);
  return `${shape}\n${values.join('\n')}`;
}

/** The JSON that JSON.stringify writes of it. Throws a SyntaxError when it is no flat JSON. */
export function jsonOfFlat(text: string): string {
  const [shape = '', ...values] = text.split('\n');
  let json = '';
  let next = 0;
  let from = 0;
  for (let at = 0; at < shape.length; at++) {
    const mark = shape[at];
    if (mark === '"') {
      // A key, which may hold marks.
      for (at++; at < shape.length && shape[at] !== '"'; at++) if (shape[at] === '\\') at++;
    } else if (mark === stringMark || mark === otherMark) {
      const value = values[next++];
      if (value === undefined) throw new SyntaxError('a value is missing');
      json += shape.slice(from, at) + (mark === stringMark ? `"${value}"` : value);
      from = at + 1;
    }
  }
  if (next < values.length && !(next === 0 && values.length === 1 && values[0] === ''))
    throw new SyntaxError('there are more values than places');
  return json + shape.slice(from);
}

function shapeOf(value: unknown, values: string[]): string {
  if (typeof value === 'string') {
    values.push(mayNeedEscape.test(value) ? JSON.stringify(value).slice(1, -1) : value);
    return stringMark;
  }
  if (typeof value !== 'object' || value === null) {
    values.push(JSON.stringify(value) ?? 'null');
    return otherMark;
  }
  if (Array.isArray(value)) return `[${value.map((one) => shapeOf(one, values)).join(',')}]`;
  let shape = '';
  for (const [key, one] of Object.entries(value)) {
    if (one === undefined) continue;
    shape += `${shape === '' ? '' : ','}${JSON.stringify(key)}:${shapeOf(one, values)}`;
  }
  return `{${shape}}`;
}
