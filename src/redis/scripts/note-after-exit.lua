-- Appends the later life of a call whose outcome is stored, once. Safe to repeat: the first one stands.
--
-- KEYS[1]  hash of seen calls              (all of one day and shard, one hash slot)
-- KEYS[2]  stream of records
-- ARGV[1]  field of the call in the hash
-- ARGV[2]  digest of the call id, eight bytes
-- ARGV[3…] names and values of the entry (stored-entry.ts)
--
-- Returns 1 when it is noted, 0 when there was one, -1 when there is no outcome of the call.

-- include: place-of
-- include: append-later
local calls = redis.call('HGET', KEYS[1], ARGV[1]) or ''
local newest = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)
local at = placeOf(calls, ARGV[2], 12)
if not at or not newest[1] then return -1 end
if string.byte(calls, at + 11) == 1 then return 0 end

appendLater(KEYS[2], newest[1], { unpack(ARGV, 3) })
redis.call('HSET', KEYS[1], ARGV[1], string.sub(calls, 1, at + 10) .. '\1' .. string.sub(calls, at + 12))
return 1
