--[[
  Keeps the lease of a job that runs.

  KEYS[1]  stream of jobs that wait or run
  KEYS[2]  hash of the job

  ARGV[1]  consumer group, and its consumer
  ARGV[2]  token of the take
  ARGV[3]  progress, JSON; '' for none

  Returns 'OK', or 'FENCED' having changed nothing.
]]
local job = redis.call('HMGET', KEYS[2], 'token', 'state', 'entry')
if job[1] ~= ARGV[2] or job[2] ~= 'running' then
  return 'FENCED'
end
local time = redis.call('TIME')
redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[1], 0, job[3], 'JUSTID')
redis.call('HSET', KEYS[2], 'updated', string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)))
if ARGV[3] ~= '' then
  redis.call('HSET', KEYS[2], 'progress', ARGV[3])
end
return 'OK'
