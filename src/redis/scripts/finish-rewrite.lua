-- Puts a rewritten stream in the place of the old one, with what was written to the old one meanwhile.
--
-- KEYS[1]  the stream                      (both of one day and shard, one hash slot)
-- KEYS[2]  its copy so far, which is gone afterward
-- ARGV[1]  id of the last entry that was copied
--
-- Returns how many entries the stream has now, or -1 when there is no copy: it has expired. When the stream has expired
-- its copy goes too.

if redis.call('EXISTS', KEYS[2]) == 0 then return -1 end
local expiresAt = redis.call('PTTL', KEYS[1])
if expiresAt == -2 then
  redis.call('DEL', KEYS[2])
  return 0
end
for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '(' .. ARGV[1], '+')) do
  redis.call('XADD', KEYS[2], entry[1], unpack(entry[2]))
end
redis.call('RENAME', KEYS[2], KEYS[1])
if expiresAt > 0 then redis.call('PEXPIRE', KEYS[1], expiresAt) else redis.call('PERSIST', KEYS[1]) end
return redis.call('XLEN', KEYS[1])
