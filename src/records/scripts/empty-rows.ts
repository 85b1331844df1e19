/**
 * Fills rows of a column with zeros. A column that has expired stays gone, and none grows. Safe to repeat.
 *
 * KEYS[1]  column
 * ARGV[1]  a row of zeros
 * ARGV[2…] places of the calls
 *
 * Returns how many rows were there.
 */
export const emptyRows = {
  numberOfKeys: 1,
  lua: `
local size, length, emptied = #ARGV[1], redis.call('STRLEN', KEYS[1]), 0
for i = 2, #ARGV do
  local from = tonumber(ARGV[i]) * size
  if from + size <= length then
    redis.call('SETRANGE', KEYS[1], from, ARGV[1])
    emptied = emptied + 1
  end
end
return emptied
`,
};
