-- Appends where a call really went. Safe to repeat: only a later word changes what stands.
--
-- KEYS[1]  hash of seen calls                   (all of one day and shard, one hash slot)
-- KEYS[2]  hash of real exits: place of the call → epoch ms of the latest; expires with the calls
-- KEYS[3]  stream of records
-- ARGV[1]  field of the call in the hash of seen calls
-- ARGV[2]  digest of the call id, eight bytes
-- ARGV[3]  epoch ms at which the dialplan said so
-- ARGV[4…] names and values of the entry (stored-entry.ts)
--
-- Returns 1 when it is noted, 0 when it was, or a later one was, -1 when there is no outcome of the call.

-- include: place-of
-- include: append-later
local calls = redis.call('HGET', KEYS[1], ARGV[1]) or ''
local at = placeOf(calls, ARGV[2], 12)
local newest = redis.call('XREVRANGE', KEYS[3], '+', '-', 'COUNT', 1)
if not at or not newest[1] then return -1 end
local number = struct.unpack('>I3', calls, at + 8)
local before = redis.call('HGET', KEYS[2], number)
if before and tonumber(before) >= tonumber(ARGV[3]) then return 0 end
local left = redis.call('PTTL', KEYS[1])

appendLater(KEYS[3], newest[1], { unpack(ARGV, 4) })
redis.call('HSET', KEYS[2], number, ARGV[3])
if left > 0 then redis.call('PEXPIRE', KEYS[2], left) end
return 1
