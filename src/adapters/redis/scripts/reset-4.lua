--[[
  Drops everything that is stored of a task but its epoch, which grows: the owner is fenced.

  KEYS[1]  task hash
  KEYS[2]  set of segment ids
  KEYS[3]  set of pending entries
  KEYS[4]  live feed stream
  ARGV[1]  key prefix of segments
]]
local epoch = redis.call('HINCRBY', KEYS[1], 'epoch', 1)
for _, id in ipairs(redis.call('SMEMBERS', KEYS[2])) do
  redis.call('UNLINK', ARGV[1] .. id)
end
redis.call('UNLINK', KEYS[1], KEYS[2], KEYS[3], KEYS[4])
redis.call('HSET', KEYS[1], 'epoch', epoch)
return 'OK'
