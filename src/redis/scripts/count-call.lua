-- Counts one call in the buckets of its arrival, once for each call id. Safe to repeat, in any order.
--
-- KEYS[1]  hash of counts: a field for each size of bucket     (both of one scope, one hash slot)
-- KEYS[2]  hash of the calls of that day that were counted: eight bytes each, side by side
-- ARGV[1]  arrival of the call, epoch ms
-- ARGV[2]  field of the call in that hash
-- ARGV[3]  digest of the call, eight bytes
-- ARGV[4]  when the hash expires, epoch ms: later than that a call is not counted, because it might be for the second time
-- ARGV[5]  when the counts may be forgotten if no other call comes, epoch ms
-- ARGV[6…] for each size of bucket: its field, its size in ms, how many buckets the longest window touches
--
-- Returns 1 when the call is new, 0 when it was counted before or comes too late.
--
-- A field holds its buckets side by side, eight bytes each: index (arrival divided by size) and calls, both 32 bits, most
-- significant first. So reading is one plain command, and adding them up is left to the reader. Buckets that no window
-- reaches any more go when a new one begins; those that come after Redis's own time, of a node whose clock is wrong, push out
-- none of the present.

-- include: place-of
local function counted(packed, bucket, reach, present)
  for at = #packed - 7, 1, -8 do
    local index, calls = struct.unpack('>I4I4', packed, at)
    if index == bucket then
      return string.sub(packed, 1, at + 3) .. struct.pack('>I4', calls + 1) .. string.sub(packed, at + 8)
    end
  end
  local newest, kept = bucket, {}
  for at = 1, #packed - 7, 8 do
    newest = math.max(newest, (struct.unpack('>I4', packed, at)))
  end
  local usual = math.min(newest, present)
  local function isReached(index)
    return index > newest - reach or (index > usual - reach and index <= usual)
  end
  for at = 1, #packed - 7, 8 do
    if isReached((struct.unpack('>I4', packed, at))) then kept[#kept + 1] = string.sub(packed, at, at + 7) end
  end
  if isReached(bucket) then kept[#kept + 1] = struct.pack('>I4I4', bucket, 1) end
  return table.concat(kept)
end

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
redis.call('HLEN', KEYS[1])
local calls = redis.call('HGET', KEYS[2], ARGV[2]) or ''
if now >= tonumber(ARGV[4]) then return 0 end
if placeOf(calls, ARGV[3], 8) then return 0 end
redis.call('HSET', KEYS[2], ARGV[2], calls .. ARGV[3])
if calls == '' then redis.call('PEXPIREAT', KEYS[2], ARGV[4]) end

for i = 6, #ARGV, 3 do
  local tier, size, reach = ARGV[i], tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2])
  local packed = redis.call('HGET', KEYS[1], tier) or ''
  local bucket = math.floor(tonumber(ARGV[1]) / size)
  redis.call('HSET', KEYS[1], tier, counted(packed, bucket, reach, math.floor(now / size) + 1))
end
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[5]) - now then redis.call('PEXPIREAT', KEYS[1], ARGV[5]) end
return 1
