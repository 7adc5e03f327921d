--[[
  Step 1 of the checkpoint protocol: makes the caller the owner of a task and fences the owner before it.

  KEYS[1]  task hash
  KEYS[2]  set of segment ids
  KEYS[3]  set of pending entries
  ARGV[1]  owner
  ARGV[2]  key prefix of segments

  Returns {task hash as a flat list, {segment id, entries, ...}, {pending entry, ...}}
]]
redis.call('HINCRBY', KEYS[1], 'epoch', 1)
redis.call('HSET', KEYS[1], 'owner', ARGV[1])
local segments = {}
for _, id in ipairs(redis.call('SMEMBERS', KEYS[2])) do
  segments[#segments + 1] = id
  segments[#segments + 1] = redis.call('HLEN', ARGV[2] .. id)
end
return { redis.call('HGETALL', KEYS[1]), segments, redis.call('SMEMBERS', KEYS[3]) }
