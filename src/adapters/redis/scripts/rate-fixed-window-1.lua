--[[
  Takes units of a limit that is counted anew in each window, aligned to the epoch.

  KEYS[1]  hash: window (its number since the epoch), used

  ARGV[1]  units asked for
  ARGV[2]  greatest number of units in a window
  ARGV[3]  length of a window, ms
  ARGV[4]  epoch ms, '' for the server's clock

  Returns { allowed (1 or 0), units that are left, ms to wait, ms until nothing is used }, numbers as text.
]]
local units, most, windowMs = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = tonumber(ARGV[4]) or (time[1] * 1000 + time[2] / 1000)

local held = redis.call('HMGET', KEYS[1], 'window', 'used')
local window, used = tonumber(held[1] or -1), tonumber(held[2] or 0)
local current = math.max(window, math.floor(now / windowMs))
if current > window then
  used = 0
end
local left = (current + 1) * windowMs - now
local allowed = used + units <= most or used == 0
if allowed then
  used = used + units
  redis.call('HSET', KEYS[1], 'window', string.format('%.17g', current), 'used', string.format('%.17g', used))
  redis.call('PEXPIRE', KEYS[1], math.ceil(windowMs * 2))
end
local reset = used > 0 and left or 0
return { allowed and 1 or 0, string.format('%.17g', most - used), string.format('%.17g', left), string.format('%.17g', reset) }
