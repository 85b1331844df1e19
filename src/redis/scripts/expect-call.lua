-- Notes that staff expect a call, and forgets the windows that are over. Safe to repeat: the last one stands.
--
-- KEYS[1]  hash of expected calls: caller and called → window, JSON with `until`
-- ARGV[1]  field
-- ARGV[2]  the window, JSON
-- ARGV[3]  now, epoch ms
-- ARGV[4]  how many windows there may be
-- ARGV[5]  when this one ends, epoch ms
--
-- Returns 1 when it is noted, 0 when there are too many.

local rows, latest = redis.call('HGETALL', KEYS[1]), tonumber(ARGV[5])
local left = 0
for i = 1, #rows, 2 do
  local isJson, window = pcall(cjson.decode, rows[i + 1])
  local ends = isJson and type(window) == 'table' and tonumber(window['until']) or 0
  if ends <= tonumber(ARGV[3]) then
    redis.call('HDEL', KEYS[1], rows[i])
  elseif rows[i] ~= ARGV[1] then
    left = left + 1
    latest = math.max(latest, ends)
  end
end
if left >= tonumber(ARGV[4]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', latest))
return 1
