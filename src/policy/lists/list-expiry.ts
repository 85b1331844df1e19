/** A date holds to the end of its day in UTC; a time with its zone holds to the second. Null: neither. Epoch ms. */
export function readExpiry(text: string): number | null {
  if (text === '') return Number.POSITIVE_INFINITY;
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(text);
  if (!isDate && !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})$/.test(text)) return null;
  const at = Date.parse(isDate ? `${text}T00:00:00Z` : text);
  // Date.parse takes 31 February for 3 March.
  const rolledOver = isDate && !Number.isNaN(at) && new Date(at).toISOString().slice(0, 10) !== text;
  if (Number.isNaN(at) || rolledOver) return null;
  return isDate ? at + 86_400_000 : at;
}
