-- Appends an entry about an earlier call to a stream that has entries.
local function appendLater(stream, newest, fields)
  local ms, last = string.match(newest[1], '^(%d+)-(%d+)$')
  redis.call('XADD', stream, ms .. '-' .. string.format('%.0f', tonumber(last) + 1), unpack(fields))
end
