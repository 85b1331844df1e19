-- Grants a caller a pass until a set time, once for each call id. Never shortens a pass. Safe to repeat; a repeat does
-- not bring back a pass that was withdrawn in between, as long as it would have lasted.
--
-- KEYS[1]  the caller's pass: its end, epoch ms (0: withdrawn), then the digests of the newest calls that granted it
-- ARGV[1]  end of the pass, epoch ms
-- ARGV[2]  digest of the call id
-- ARGV[3]  how many digests are kept
--
-- Returns 1 when this call's grant is new, 0 when it was made before.

local pass, calls = redis.call('GET', KEYS[1]) or '0', {}
local current = tonumber(string.match(pass, '^%d+')) or 0
for digest in string.gmatch(pass, ' (%S+)') do
  if digest == ARGV[2] then return 0 end
  calls[#calls + 1] = digest
end
while #calls >= tonumber(ARGV[3]) do table.remove(calls, 1) end
calls[#calls + 1] = ARGV[2]

local ends = math.max(current, tonumber(ARGV[1]))
local time, left = redis.call('TIME'), redis.call('PTTL', KEYS[1])
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
-- A withdrawn pass remembers its calls for as long as it would have lasted.
local expires = current == 0 and left > 0 and math.max(ends, now + left) or ends
pass = string.format('%.0f', ends) .. ' ' .. table.concat(calls, ' ')
redis.call('SET', KEYS[1], pass, 'PXAT', string.format('%.0f', expires))
return 1
