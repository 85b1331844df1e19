/**
 * Stores the outcome of one call and counts it, once for each call id. Safe to repeat.
 *
 * KEYS[1]  stream of outcomes      (all three of one day and shard, one hash slot)
 * KEYS[2]  hash of counts
 * KEYS[3]  set of seen call ids
 * ARGV[1]  digest of the call id
 * ARGV[2]  arrival of the call, epoch ms
 * ARGV[3]  when the three keys expire, epoch ms
 * ARGV[4]  the outcome, JSON
 * ARGV[5…] fields of the hash to be counted up by one
 *
 * Returns 1 when the outcome is new, 0 when it was there.
 *
 * The three reads come before the first write, so that a key of the wrong type is refused with nothing done: Redis does
 * not undo a script that fails half-way. The entry id's time is never below the arrival, whatever Redis's own clock
 * says, so that a reader may begin at the id of its earliest arrival.
 */
export const recordOutcome = {
  numberOfKeys: 3,
  lua: `
local isSeen = redis.call('SISMEMBER', KEYS[3], ARGV[1])
local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
redis.call('HLEN', KEYS[2])
if isSeen == 1 then return 0 end

local ms, seq = ARGV[2], '0'
if newest[1] then
  local lastMs, lastSeq = string.match(newest[1][1], '^(%d+)-(%d+)$')
  if tonumber(lastMs) >= tonumber(ms) then
    ms, seq = lastMs, string.format('%.0f', tonumber(lastSeq) + 1)
  end
end

redis.call('XADD', KEYS[1], ms .. '-' .. seq, 'json', ARGV[4])
redis.call('SADD', KEYS[3], ARGV[1])
for i = 5, #ARGV do
  redis.call('HINCRBY', KEYS[2], ARGV[i], 1)
end
for i = 1, 3 do
  redis.call('PEXPIREAT', KEYS[i], ARGV[3])
end
return 1
`,
};
