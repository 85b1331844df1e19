/**
 * Grants a caller a pass until a set time, once for each call id. Never shortens a pass. Safe to repeat; a repeat does
 * not bring back a pass that was withdrawn in between.
 *
 * KEYS[1]  the caller's pass       (both of one caller, one hash slot)
 * KEYS[2]  marker of this call's grant
 * ARGV[1]  end of the pass, epoch ms
 * ARGV[2]  when the marker expires, epoch ms
 *
 * Returns 1 when this call's grant is new, 0 when it was made before.
 */
export const grantPass = {
  numberOfKeys: 2,
  lua: `
local current = tonumber(redis.call('GET', KEYS[1]) or '0') or 0
if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end

redis.call('SET', KEYS[2], '1', 'PXAT', ARGV[2])
if tonumber(ARGV[1]) > current then
  redis.call('SET', KEYS[1], ARGV[1], 'PXAT', ARGV[1])
end
return 1
`,
};
