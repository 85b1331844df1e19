-- Sets the end of something that lasts until a set time; never shortens it. Safe to repeat, in any order.
--
-- KEYS[1]  string: the end, epoch ms
-- ARGV[1]  the end that is wanted, epoch ms
--
-- Returns 1 when it lasts longer now, 0 when it does not.

local current = tonumber(redis.call('GET', KEYS[1]) or '0') or 0
if tonumber(ARGV[1]) <= current then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PXAT', ARGV[1])
return 1
