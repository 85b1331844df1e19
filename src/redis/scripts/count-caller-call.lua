-- Remembers one call of a caller, once for each call id, among the newest `ARGV[5]`. Safe to repeat, in any order.
--
-- KEYS[1]  sorted set of the caller's calls; score: arrival, epoch ms
-- ARGV[1]  arrival of the call, epoch ms
-- ARGV[2]  digest of the call id, 16 characters
-- ARGV[3]  what is known of it: one mark (history/call-marks.ts), the digest of the called number (eight characters, or
--          none), `d` when that is a decoy
-- ARGV[4]  how long a call is remembered after its arrival, ms
-- ARGV[5]  how many calls are remembered
--
-- Returns 1 when the call is new, 0 when it was there. What is too old or too much is forgotten by arrival, not by the
-- order of writing, so a repeat of a forgotten call is forgotten again; a call that comes after Redis's own time, of a node
-- whose clock is wrong, makes none too old.

for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], ARGV[1], ARGV[1])) do
  if string.sub(member, 1, 16) == ARGV[2] then return 0 end
end

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2] .. ARGV[3])
local newest = tonumber(redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')[2])
local keepMs = tonumber(ARGV[4])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('(%.0f', math.min(newest, now) - keepMs))
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -(tonumber(ARGV[5]) + 1))
redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', newest + keepMs))
return 1
