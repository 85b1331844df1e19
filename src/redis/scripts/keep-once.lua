-- Keeps a value that is not there yet. Safe to repeat: the first one stands.
--
-- KEYS[1]  hash
-- ARGV[1]  field
-- ARGV[2]  value
-- ARGV[3]  when the key expires, epoch ms
--
-- Returns 1 when it is new, 0 when there was one.

if redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
redis.call('PEXPIREAT', KEYS[1], ARGV[3])
return 1
