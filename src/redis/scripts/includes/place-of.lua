-- Where `digest` begins in rows of `size` bytes side by side, each beginning with a digest; nil when it is in none.
local function placeOf(rows, digest, size)
  local at = string.find(rows, digest, 1, true)
  while at and (at - 1) % size ~= 0 do at = string.find(rows, digest, at + 1, true) end
  return at
end
