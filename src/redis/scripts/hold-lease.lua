-- Takes a lease that nobody holds, or holds it for longer. Safe to repeat.
--
-- KEYS[1]  string: who holds it
-- ARGV[1]  who asks
-- ARGV[2]  for how long, ms; 0: it is given back
--
-- Returns 2 when it was taken, 1 when it was held already, 0 when another holds it or it was given back.

local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
if tonumber(ARGV[2]) <= 0 then
  redis.call('DEL', KEYS[1])
  return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return holder and 1 or 2
