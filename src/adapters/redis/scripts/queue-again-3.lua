--[[
  Begins a dead job anew.

  KEYS[1]  stream of jobs that wait or run
  KEYS[2]  hash of the job
  KEYS[3]  sorted set of dead jobs

  Returns 1, or 0 if it is not dead.
]]
local job = redis.call('HMGET', KEYS[2], 'state', 'id')
if job[1] ~= 'failed' then
  return 0
end
redis.call('ZREM', KEYS[3], job[2])
redis.call('PERSIST', KEYS[2])
redis.call('HSET', KEYS[2], 'state', 'waiting', 'attempts', 0)
redis.call('XADD', KEYS[1], '*', 'job', job[2])
return 1
