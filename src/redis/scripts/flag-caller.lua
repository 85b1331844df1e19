-- Counts a staff member's word on one call of a caller, once for each call id and word. Safe to repeat.
--
-- KEYS[1]  hash of flags: word → how often     (both of one caller, one hash slot)
-- KEYS[2]  set of flagged calls
-- ARGV[1]  the word
-- ARGV[2]  digest of the call id
-- ARGV[3]  when both keys expire, epoch ms
--
-- Returns 1 when the flag is new, 0 when it was there.

redis.call('HLEN', KEYS[1])
if redis.call('SADD', KEYS[2], ARGV[2] .. ':' .. ARGV[1]) == 0 then return 0 end
redis.call('HINCRBY', KEYS[1], ARGV[1], 1)
redis.call('PEXPIREAT', KEYS[1], ARGV[3])
redis.call('PEXPIREAT', KEYS[2], ARGV[3])
return 1
