-- Everything that is remembered of one caller.
--
-- KEYS[1]  pass                    (all of one caller, one hash slot)
-- KEYS[2]  dialed
-- KEYS[3]  opted out
-- KEYS[4]  hash of flags
-- KEYS[5]  sorted set of calls
-- ARGV[1]  arrival of the call that asks, epoch ms
-- ARGV[2…] lengths of the windows, ms, shortest first
--
-- Returns pass, dialed and opted out (each epoch ms or null), the flags (word, count, …), for each window: calls, failed
-- challenges, different called numbers, different decoys; and of the calls in the longest: mark, count, … (history/call-marks.ts).

local now = tonumber(ARGV[1])
local flags = redis.call('HGETALL', KEYS[4])
local longest = tonumber(ARGV[#ARGV])
local rows = redis.call('ZREVRANGEBYSCORE', KEYS[5], ARGV[1], string.format('(%.0f', now - longest), 'WITHSCORES')
local calls, failed, called, decoys = {}, {}, {}, {}
local nCalls, nFailed, nCalled, nDecoys, known, marks, row = 0, 0, 0, 0, {}, {}, 1
for w = 2, #ARGV do
  local since = now - tonumber(ARGV[w])
  while rows[row] and tonumber(rows[row + 1]) > since do
    local member = rows[row]
    local mark, number, decoy = string.sub(member, 17, 17), string.sub(member, 18, 25), string.sub(member, 18)
    nCalls = nCalls + 1
    marks[mark] = (marks[mark] or 0) + 1
    if mark == 'f' then nFailed = nFailed + 1 end
    if number ~= '' and not known[number] then
      known[number] = true
      nCalled = nCalled + 1
    end
    if decoy ~= number and not known[decoy] then
      known[decoy] = true
      nDecoys = nDecoys + 1
    end
    row = row + 2
  end
  calls[w - 1], failed[w - 1], called[w - 1], decoys[w - 1] = nCalls, nFailed, nCalled, nDecoys
end
local counted = {}
for mark, count in pairs(marks) do
  counted[#counted + 1] = mark
  counted[#counted + 1] = count
end
return {
  redis.call('GET', KEYS[1]), redis.call('GET', KEYS[2]), redis.call('GET', KEYS[3]),
  flags, calls, failed, called, decoys, counted
}
