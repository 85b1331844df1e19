-- What staff said of one call and of its caller.
--
-- KEYS[1]  hash of flags: word → how often     (both of one caller, one hash slot)
-- KEYS[2]  set of flagged calls
-- ARGV[1]  digest of the call id
-- ARGV[2…] the words
--
-- Returns the flags (word, count, …), for each word 1 when it was said of the call, and the ms for which the flags go on
-- counting (not above 0: there are none).

local said = {}
for w = 2, #ARGV do
  said[w - 1] = redis.call('SISMEMBER', KEYS[2], ARGV[1] .. ':' .. ARGV[w])
end
return { redis.call('HGETALL', KEYS[1]), said, redis.call('PTTL', KEYS[1]) }
