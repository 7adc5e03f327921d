--[[
  Takes the lease of a feed if it is free or has lapsed, or prolongs the caller's own, by the clock of Redis.

  KEYS[1]  hash of the feed: holder, token, until (epoch ms), report
  ARGV[1]  who asks
  ARGV[2]  for how long, ms
  ARGV[3]  what the token of a new term must exceed

  Returns the token, or nil while somebody else has the lease
]]
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local known = redis.call('HMGET', KEYS[1], 'holder', 'token', 'until')
local token = tonumber(known[2] or 0)
local isHeld = tonumber(known[3] or 0) > now
if isHeld and known[1] ~= ARGV[1] then
  return false
end
local atLeast = tonumber(ARGV[3])
if not isHeld or token < atLeast then
  token = math.max(token, atLeast) + 1
end
redis.call('HSET', KEYS[1], 'holder', ARGV[1], 'token', token, 'until', now + tonumber(ARGV[2]))
return token
