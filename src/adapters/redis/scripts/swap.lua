--[[
  Lets the state of a rebuild take the place of the state in force, in all tasks at once.

  KEYS[1]  deployment hash, then for each task:
           task hash, set of segment ids, set of pending entries, live feed of the state in force; the same of the rebuild
  ARGV[1]  generation of the rebuild
  ARGV[2]  count of values of its deployment, then field, value, ...
  then, for each task: key prefix of segments of the state in force; of the rebuild

  Returns 'OK', also when it is done already, or 'LOST' having changed nothing.
]]
if redis.call('HGET', KEYS[1], 'rebuilding') ~= ARGV[1] then
  return redis.call('HGET', KEYS[1], 'generation') == ARGV[1] and 'OK' or 'LOST'
end

local function swapTask(first, prefix, shadowPrefix)
  local epoch = redis.call('HGET', KEYS[first], 'epoch') or '0'
  for _, id in ipairs(redis.call('SMEMBERS', KEYS[first + 1])) do
    redis.call('UNLINK', prefix .. id)
  end
  for i = first, first + 3 do
    redis.call('UNLINK', KEYS[i])
    if redis.call('EXISTS', KEYS[i + 4]) == 1 then
      redis.call('RENAME', KEYS[i + 4], KEYS[i])
    end
  end
  for _, id in ipairs(redis.call('SMEMBERS', KEYS[first + 1])) do
    redis.call('RENAME', shadowPrefix .. id, prefix .. id)
  end
  -- Greater than the epoch of every owner of either state: both are fenced.
  local ownEpoch = redis.call('HGET', KEYS[first], 'epoch') or '0'
  if tonumber(epoch) > tonumber(ownEpoch) then
    redis.call('HSET', KEYS[first], 'epoch', epoch)
  end
  redis.call('HINCRBY', KEYS[first], 'epoch', 1)
end

local lastField = 2 + tonumber(ARGV[2])
for i = 0, (#KEYS - 1) / 8 - 1 do
  swapTask(2 + 8 * i, ARGV[lastField + 1 + 2 * i], ARGV[lastField + 2 + 2 * i])
end
redis.call('HSET', KEYS[1], unpack(ARGV, 3, lastField))
redis.call('HDEL', KEYS[1], 'rebuilding')
return 'OK'
