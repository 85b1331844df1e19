-- Takes back a staff member's word on one call. Safe to repeat. When the flags expire stays as it was.
--
-- KEYS[1]  hash of flags: word → how often     (both of one caller, one hash slot)
-- KEYS[2]  set of flagged calls
-- ARGV[1]  the word
-- ARGV[2]  digest of the call id
--
-- Returns 1 when it was said, 0 when it was not.

redis.call('HLEN', KEYS[1])
if redis.call('SREM', KEYS[2], ARGV[2] .. ':' .. ARGV[1]) == 0 then return 0 end
if redis.call('HINCRBY', KEYS[1], ARGV[1], -1) <= 0 then redis.call('HDEL', KEYS[1], ARGV[1]) end
return 1
