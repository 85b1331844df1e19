-- Keeps what staff did about a caller, or what became of it; the oldest make room. Safe to repeat.
--
-- KEYS[1]  hash of actions: id → action, JSON with `at`
-- ARGV[1]  id
-- ARGV[2]  the action, JSON
-- ARGV[3]  how many there may be
-- ARGV[4]  when the key expires, epoch ms
--
-- Returns 1.

redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('PEXPIREAT', KEYS[1], ARGV[4])
local most = tonumber(ARGV[3])
while redis.call('HLEN', KEYS[1]) > most do
  local rows, oldest, since = redis.call('HGETALL', KEYS[1]), nil, math.huge
  for i = 1, #rows, 2 do
    local isJson, action = pcall(cjson.decode, rows[i + 1])
    local at = isJson and type(action) == 'table' and tonumber(action['at']) or 0
    if at < since then oldest, since = rows[i], at end
  end
  redis.call('HDEL', KEYS[1], oldest)
end
return 1
