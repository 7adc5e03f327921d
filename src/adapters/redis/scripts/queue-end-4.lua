--[[
  Ends an attempt of a job.

  KEYS[1]  stream of jobs that wait or run
  KEYS[2]  hash of the job
  KEYS[3]  sorted set of jobs that wait to be begun again, by epoch ms
  KEYS[4]  sorted set of dead jobs, by epoch ms

  ARGV[1]  consumer group
  ARGV[2]  token of the take
  ARGV[3]  'done', 'failed', 'retrying', or 'waiting' for one that is given back
  ARGV[4]  result, JSON, of one that is done; error of one that failed
  ARGV[5]  ms until it may be begun again
  ARGV[6]  how long it is kept when it is done or dead, ms
  ARGV[7]  how many dead jobs are kept

  Returns 'OK', or 'FENCED' having changed nothing.
]]
local job = redis.call('HMGET', KEYS[2], 'token', 'state', 'entry', 'id', 'attempts')
if job[1] ~= ARGV[2] or job[2] ~= 'running' then
  return 'FENCED'
end
local time = redis.call('TIME')
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
local now = string.format('%.0f', nowMs)
local outcome, id = ARGV[3], job[4]
redis.call('XACK', KEYS[1], ARGV[1], job[3])
redis.call('XDEL', KEYS[1], job[3])
redis.call('HSET', KEYS[2], 'state', outcome, 'updated', now)

if outcome == 'done' then
  redis.call('HSET', KEYS[2], 'result', ARGV[4])
  redis.call('HDEL', KEYS[2], 'error')
  redis.call('PEXPIRE', KEYS[2], ARGV[6])
elseif outcome == 'failed' then
  redis.call('HSET', KEYS[2], 'error', ARGV[4])
  redis.call('PEXPIRE', KEYS[2], ARGV[6])
  redis.call('ZADD', KEYS[4], now, id)
  redis.call('ZREMRANGEBYRANK', KEYS[4], 0, -1 - tonumber(ARGV[7]))
elseif outcome == 'retrying' then
  redis.call('HSET', KEYS[2], 'error', ARGV[4])
  redis.call('ZADD', KEYS[3], string.format('%.0f', nowMs + tonumber(ARGV[5])), id)
else
  redis.call('HSET', KEYS[2], 'attempts', tonumber(job[5]) - 1)
  redis.call('XADD', KEYS[1], '*', 'job', id)
end
return 'OK'
