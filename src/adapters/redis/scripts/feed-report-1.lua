--[[
  Keeps what the holder of a feed's lease says of it, unless a newer term has begun.

  KEYS[1]  hash of the feed
  ARGV[1]  token of the term
  ARGV[2]  the report

  Returns 1 when it is kept, 0 when not
]]
local token = tonumber(redis.call('HGET', KEYS[1], 'token') or -1)
if token < 0 or token > tonumber(ARGV[1]) then
  return 0
end
redis.call('HSET', KEYS[1], 'report', ARGV[2])
return 1
