/**
 * Stores the outcome of one call, its row in every column, and its counts, once for each call id. Safe to repeat.
 *
 * KEYS[1]   stream of records                        (all of one day and shard, one hash slot)
 * KEYS[2]   hash of seen calls
 * KEYS[3]   hash of dictionaries that records are packed with
 * KEYS[4…]  columns, as many as rows are given
 * KEYS[…]   hashes of counts, a dimension each
 * ARGV[1]   field of the call in the hash of seen calls
 * ARGV[2]   digest of the call id, eight bytes
 * ARGV[3]   arrival of the call, epoch ms
 * ARGV[4]   when the keys expire, epoch ms; those of a shard that has calls already expire with its stream
 * ARGV[5]   the packed record
 * ARGV[6]   id of its dictionary; empty: none of this shard
 * ARGV[7]   the dictionary; empty: it was sent before
 * ARGV[8]   number of columns
 * ARGV[9…]  rows, in the order of the columns
 * ARGV[…]   for each count: number of its hash among the KEYS, how many values it may have, the value, its cell
 *
 * Returns 1 when the outcome is new, 0 when it was there or the keys would have expired, -1 when the dictionary must be sent
 * again.
 *
 * All reads come before the first write, so that a key of the wrong type is refused with nothing done: Redis does not undo
 * a script that fails half-way. The entry's id is the latest arrival so far and the number of the call in the shard, so a
 * reader may begin at its earliest arrival, and finds a call by its row in the columns.
 * A count is four bytes for each cell: the cell (its hour), then the calls. When a hash is full, a seldom value goes to \`other\`.
 */
export const recordOutcome = {
  lua: `
local digest, nColumns = ARGV[2], tonumber(ARGV[8])
local calls = redis.call('HGET', KEYS[2], ARGV[1]) or ''
local at = string.find(calls, digest, 1, true)
while at and (at - 1) % 11 ~= 0 do at = string.find(calls, digest, at + 1, true) end
local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
local hasDictionary = redis.call('HEXISTS', KEYS[3], ARGV[6]) == 1
local lengths, hashes, values, cells, isFull = {}, {}, {}, {}, {}
for column = 1, nColumns do lengths[column] = redis.call('STRLEN', KEYS[3 + column]) end
for i = 9 + nColumns, #ARGV, 4 do
  local hash, value = KEYS[tonumber(ARGV[i])], ARGV[i + 2]
  local isNew = not redis.call('HGET', hash, value)
  hashes[#values + 1], cells[#values + 1], values[#values + 1] = hash, tonumber(ARGV[i + 3]), value
  isFull[#values] = isNew and redis.call('HLEN', hash) >= tonumber(ARGV[i + 1])
end
local time, left = redis.call('TIME'), redis.call('PTTL', KEYS[1])
local present = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
if at or tonumber(ARGV[4]) <= present then return 0 end
-- Nodes may differ in how long they keep calls, and a setting may change in the middle of a day: what is needed to read a
-- record must not go before it.
local expiresAt = ARGV[4]
if left > 0 then expiresAt = string.format('%.0f', present + left) end
if ARGV[6] ~= '' and not hasDictionary and ARGV[7] == '' then return -1 end

local ms, number = ARGV[3], math.floor(lengths[1] / #ARGV[9])
if newest[1] then
  local lastMs, last = string.match(newest[1][1], '^(%d+)-(%d+)$')
  if tonumber(lastMs) > tonumber(ms) then ms = lastMs end
  number = math.max(number, tonumber(last) + 1)
end

redis.call('XADD', KEYS[1], ms .. '-' .. string.format('%.0f', number), 'z', ARGV[5])
redis.call('HSET', KEYS[2], ARGV[1], calls .. digest .. struct.pack('>I3', number))
if ARGV[6] ~= '' and not hasDictionary then
  redis.call('HSET', KEYS[3], ARGV[6], ARGV[7])
  redis.call('PEXPIREAT', KEYS[3], expiresAt)
end
for column = 1, nColumns do
  local row = ARGV[8 + column]
  redis.call('SETRANGE', KEYS[3 + column], number * #row, row)
  if lengths[column] == 0 then redis.call('PEXPIREAT', KEYS[3 + column], expiresAt) end
end
if not newest[1] then redis.call('PEXPIREAT', KEYS[1], expiresAt) end
if calls == '' then redis.call('PEXPIREAT', KEYS[2], expiresAt) end

local function add(hash, value, cell, calls)
  local count = redis.call('HGET', hash, value)
  if not count then
    redis.call('HSET', hash, value, struct.pack('>I1I3', cell, calls))
    redis.call('PEXPIREAT', hash, expiresAt)
    return
  end
  for from = 1, #count, 4 do
    local one, before = struct.unpack('>I1I3', count, from)
    if one == cell then
      local now = struct.pack('>I1I3', cell, before + calls)
      redis.call('HSET', hash, value, string.sub(count, 1, from - 1) .. now .. string.sub(count, from + 4))
      return
    end
  end
  redis.call('HSET', hash, value, count .. struct.pack('>I1I3', cell, calls))
end

local function makeRoom(hash)
  local least, fewest, packed
  for _, value in ipairs(redis.call('HRANDFIELD', hash, 6)) do
    if value ~= 'other' then
      local count, sum = redis.call('HGET', hash, value), 0
      for from = 1, #count, 4 do
        local _, calls = struct.unpack('>I1I3', count, from)
        sum = sum + calls
      end
      if not fewest or sum < fewest then least, fewest, packed = value, sum, count end
    end
  end
  if not least then return end
  redis.call('HDEL', hash, least)
  for from = 1, #packed, 4 do
    local cell, calls = struct.unpack('>I1I3', packed, from)
    add(hash, 'other', cell, calls)
  end
end

for i = 1, #values do
  if isFull[i] then makeRoom(hashes[i]) end
  add(hashes[i], values[i], cells[i], 1)
end
return 1
`,
};
