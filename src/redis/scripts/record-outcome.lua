-- Stores the outcome of one call once for each call id. Safe to repeat.
--
-- KEYS[1]   stream of records                        (all of one day and shard, one hash slot)
-- KEYS[2]   hash of seen calls: digest (eight bytes), place (three), what came later (one), side by side
-- ARGV[1]   field of the call in the hash of seen calls
-- ARGV[2]   digest of the call id, eight bytes
-- ARGV[3]   arrival of the call, epoch ms
-- ARGV[4]   when the keys expire, epoch ms; those of a shard that has calls already expire with its stream
-- ARGV[5…]  names and values of the entry (stored-entry.ts)
--
-- Returns 1 when the outcome is new, 0 when it was there or the keys would have expired.
--
-- All reads come before the first write, so that a key of the wrong type is refused with nothing done: Redis does not undo
-- a script that fails half-way. The entry's id begins with the latest arrival so far, so a reader may begin at its earliest
-- arrival; then the number of the call in the shard times 2^20, which leaves room for what comes later of the calls before.

-- include: place-of
local digest = ARGV[2]
local calls = redis.call('HGET', KEYS[2], ARGV[1]) or ''
local at = placeOf(calls, digest, 12)
local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
local time, left = redis.call('TIME'), redis.call('PTTL', KEYS[1])
local present = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
if at or tonumber(ARGV[4]) <= present then return 0 end
-- Nodes may differ in how long they keep calls, and a setting may change in the middle of a day.
local expiresAt = ARGV[4]
if left > 0 then expiresAt = string.format('%.0f', present + left) end

local ms, number = ARGV[3], 0
if newest[1] then
  local lastMs, last = string.match(newest[1][1], '^(%d+)-(%d+)$')
  if tonumber(lastMs) > tonumber(ms) then ms = lastMs end
  number = math.floor(tonumber(last) / 1048576) + 1
end

redis.call('XADD', KEYS[1], ms .. '-' .. string.format('%.0f', number * 1048576), unpack(ARGV, 5))
redis.call('HSET', KEYS[2], ARGV[1], calls .. digest .. struct.pack('>I3I1', number, 0))
if not newest[1] then redis.call('PEXPIREAT', KEYS[1], expiresAt) end
if calls == '' then redis.call('PEXPIREAT', KEYS[2], expiresAt) end
return 1
