--[[
  Ends a term of a feed's lease, unless another one has begun.

  KEYS[1]  hash of the feed
  ARGV[1]  token of the term
]]
if redis.call('HGET', KEYS[1], 'token') == ARGV[1] then
  redis.call('HSET', KEYS[1], 'until', 0)
end
