/**
 * Notes the later life of a call whose outcome is stored, once. Safe to repeat: the first one stands.
 *
 * KEYS[1]  hash of seen calls              (both of one day and shard, one hash slot)
 * KEYS[2]  column of later lives, which expires with the calls
 * ARGV[1]  field of the call in the hash
 * ARGV[2]  digest of the call id, eight bytes
 * ARGV[3]  row of the column
 *
 * Returns 1 when it is noted, 0 when there was one, -1 when there is no outcome of the call.
 */
export const noteAfterExit = {
  numberOfKeys: 2,
  lua: `
local calls, size = redis.call('HGET', KEYS[1], ARGV[1]) or '', #ARGV[3]
local length = redis.call('STRLEN', KEYS[2])
local at = string.find(calls, ARGV[2], 1, true)
while at and (at - 1) % 11 ~= 0 do at = string.find(calls, ARGV[2], at + 1, true) end
if not at then return -1 end

local place = struct.unpack('>I3', calls, at + 8) * size
local there = redis.call('GETRANGE', KEYS[2], place, place)
if there ~= '' and there ~= '\\0' then return 0 end
redis.call('SETRANGE', KEYS[2], place, ARGV[3])
local left = redis.call('PTTL', KEYS[1])
if length == 0 and left > 0 then redis.call('PEXPIRE', KEYS[2], left) end
return 1
`,
};
