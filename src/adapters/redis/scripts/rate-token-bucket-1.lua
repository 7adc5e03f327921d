--[[
  Takes tokens from a bucket that fills evenly. One take may overdraw a full bucket.

  KEYS[1]  hash: tokens, at (epoch ms)

  ARGV[1]  tokens asked for
  ARGV[2]  tokens that come in each span
  ARGV[3]  length of the span, ms
  ARGV[4]  epoch ms, '' for the server's clock
  ARGV[5]  tokens that a full bucket holds

  Returns { allowed (1 or 0), tokens that are left, ms to wait, ms until the bucket is full }, numbers as text.
]]
local units, perMs, burst = tonumber(ARGV[1]), tonumber(ARGV[2]) / tonumber(ARGV[3]), tonumber(ARGV[5])
local time = redis.call('TIME')
local now = tonumber(ARGV[4]) or (time[1] * 1000 + time[2] / 1000)

local held = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens, at = tonumber(held[1] or burst), tonumber(held[2] or now)
tokens = math.min(burst, tokens + math.max(0, now - at) * perMs)
local missing = math.min(units, burst) - tokens
local allowed = missing <= 0
if allowed then
  tokens = tokens - units
end
local full = (burst - tokens) / perMs
redis.call('HSET', KEYS[1], 'tokens', string.format('%.17g', tokens), 'at', string.format('%.17g', math.max(at, now)))
redis.call('PEXPIRE', KEYS[1], math.ceil(full) + 1000)
return { allowed and 1 or 0, string.format('%.17g', tokens), string.format('%.17g', missing / perMs), string.format('%.17g', full) }
