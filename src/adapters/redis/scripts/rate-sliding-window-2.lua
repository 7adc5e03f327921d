--[[
  Takes units of a limit that holds for any span of its length, counted by slots of a thousandth of it.

  KEYS[1]  list: 'slot:units', the oldest first
  KEYS[2]  text: sum of the units in the list

  ARGV[1]  units asked for
  ARGV[2]  greatest number of units in a span
  ARGV[3]  length of the span, ms
  ARGV[4]  epoch ms, '' for the server's clock

  Returns { allowed (1 or 0), units that are left, ms to wait, ms until nothing is used }, numbers as text.
]]
local SLOTS = 1000
local units, most, windowMs = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = tonumber(ARGV[4]) or (time[1] * 1000 + time[2] / 1000)
local slotMs = math.max(1, windowMs / SLOTS)

local function parsed(entry)
  local slot, count = string.match(entry, '^(.-):(.*)$')
  return tonumber(slot), tonumber(count)
end

local function freeAt(slot)
  return (slot + 1) * slotMs + windowMs
end

local used = tonumber(redis.call('GET', KEYS[2]) or 0)
local first = redis.call('LINDEX', KEYS[1], 0)
while first do
  local slot, count = parsed(first)
  if freeAt(slot) > now then
    break
  end
  redis.call('LPOP', KEYS[1])
  used = used - count
  first = redis.call('LINDEX', KEYS[1], 0)
end

local last = redis.call('LINDEX', KEYS[1], -1)
local lastSlot, lastCount = 0, 0
if last then
  lastSlot, lastCount = parsed(last)
end
local allowed = used + units <= most or used == 0
if allowed and units > 0 then
  local slot = math.max(lastSlot, math.floor(now / slotMs))
  if last and slot == lastSlot then
    redis.call('LSET', KEYS[1], -1, string.format('%.17g:%.17g', slot, lastCount + units))
  else
    redis.call('RPUSH', KEYS[1], string.format('%.17g:%.17g', slot, units))
  end
  used = used + units
  last, lastSlot = true, slot
end
redis.call('SET', KEYS[2], string.format('%.17g', used), 'PX', math.ceil(windowMs * 2 + slotMs))
redis.call('PEXPIRE', KEYS[1], math.ceil(windowMs * 2 + slotMs))

local wait = 0
if not allowed then
  local left = used
  for _, entry in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do
    local slot, count = parsed(entry)
    left = left - count
    if left + units <= most or left == 0 then
      wait = freeAt(slot) - now
      break
    end
  end
end
local reset = last and freeAt(lastSlot) - now or 0
return { allowed and 1 or 0, string.format('%.17g', most - used), string.format('%.17g', wait), string.format('%.17g', reset) }
