--[[
  Adds a job if there is room.

  KEYS[1]  stream of jobs that wait or run: 'job', id
  KEYS[2]  sorted set of jobs that wait to be begun again, by epoch ms
  KEYS[3]  sorted set of all jobs, by epoch ms of their adding
  KEYS[4]  hash of the job

  ARGV[1]  id
  ARGV[2]  kind
  ARGV[3]  input, JSON
  ARGV[4]  greatest number of jobs that are not done
  ARGV[5]  how many jobs are listed

  Returns { 'OK', epoch ms }, or { 'FULL', number of jobs }.
]]
local waiting = redis.call('XLEN', KEYS[1]) + redis.call('ZCARD', KEYS[2])
if waiting >= tonumber(ARGV[4]) then
  return { 'FULL', tostring(waiting) }
end
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
redis.call('HSET', KEYS[4], 'id', ARGV[1], 'kind', ARGV[2], 'input', ARGV[3], 'state', 'waiting', 'attempts', 0,
  'created', now, 'updated', now)
redis.call('XADD', KEYS[1], '*', 'job', ARGV[1])
redis.call('ZADD', KEYS[3], now, ARGV[1])
redis.call('ZREMRANGEBYRANK', KEYS[3], 0, -1 - tonumber(ARGV[5]))
return { 'OK', now }
