--[[
  Lets a staged copy take the place of a task's state, and fences its owner.

  KEYS[1]  task hash
  KEYS[2]  set of segment ids
  KEYS[3]  set of pending entries
  KEYS[4]  live feed stream
  KEYS[5]  staged task hash
  KEYS[6]  staged set of segment ids
  KEYS[7]  staged set of pending entries
  ARGV[1]  key prefix of segments
  ARGV[2]  key prefix of staged segments
  ARGV[3]  generation

  Returns 'OK', or 'LOST' having changed nothing.
]]
local staged = redis.call('HMGET', KEYS[5], 'epoch', 'pending')
if not staged[1] then return 'LOST' end
if staged[2] == '1' and redis.call('EXISTS', KEYS[7]) == 0 then return 'LOST' end
local ids = redis.call('SMEMBERS', KEYS[6])
for _, id in ipairs(ids) do
  if redis.call('EXISTS', ARGV[2] .. id) == 0 then return 'LOST' end
end

local epoch = tonumber(redis.call('HGET', KEYS[1], 'epoch') or '0')
for _, id in ipairs(redis.call('SMEMBERS', KEYS[2])) do
  redis.call('UNLINK', ARGV[1] .. id)
end
redis.call('UNLINK', KEYS[1], KEYS[2], KEYS[3], KEYS[4])
-- A key that is renamed keeps its time to live.
local function take(from, to)
  if redis.call('EXISTS', from) == 0 then return end
  redis.call('RENAME', from, to)
  redis.call('PERSIST', to)
end
for _, id in ipairs(ids) do
  take(ARGV[2] .. id, ARGV[1] .. id)
end
for i = 1, 3 do
  take(KEYS[i + 4], KEYS[i])
end
redis.call('HDEL', KEYS[1], 'pending')
redis.call('HSET', KEYS[1], 'epoch', math.max(epoch, tonumber(staged[1])) + 1, 'generation', ARGV[3])
return 'OK'
