--[[
  KEYS[1]  hash of the feed

  Returns {holder or '' when the lease has lapsed, token, report or nil}
]]
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local known = redis.call('HMGET', KEYS[1], 'holder', 'token', 'until', 'report')
local isHeld = tonumber(known[3] or 0) > now
return { isHeld and known[1] or '', tonumber(known[2] or 0), known[4] }
