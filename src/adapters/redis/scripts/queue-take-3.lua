--[[
  Gives the caller a job: one whose worker let its lease run out, else the first that waits.

  KEYS[1]  stream of jobs that wait or run
  KEYS[2]  sorted set of jobs that wait to be begun again, by epoch ms
  KEYS[3]  sorted set of dead jobs, by epoch ms

  ARGV[1]  consumer group, and the one consumer of it: the token tells workers apart, and names of processes would pile up
  ARGV[2]  worker
  ARGV[3]  lease, ms
  ARGV[4]  greatest number of attempts
  ARGV[5]  prefix of the keys of jobs, with the hash tag of KEYS
  ARGV[6]  how long dead jobs are kept, ms
  ARGV[7]  how many dead jobs are kept

  Returns { id, kind, input, attempt, token }, or nothing.
]]
local RETRIES_AT_ONCE = 100
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
-- Fails where the group is there.
redis.pcall('XGROUP', 'CREATE', KEYS[1], ARGV[1], '0', 'MKSTREAM')

for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, RETRIES_AT_ONCE)) do
  redis.call('ZREM', KEYS[2], id)
  redis.call('HSET', ARGV[5] .. id, 'state', 'waiting')
  redis.call('XADD', KEYS[1], '*', 'job', id)
end

local function nextEntry()
  local claimed = redis.call('XAUTOCLAIM', KEYS[1], ARGV[1], ARGV[1], ARGV[3], '0-0', 'COUNT', 1)
  if claimed[2][1] then
    return claimed[2][1]
  end
  local read = redis.call('XREADGROUP', 'GROUP', ARGV[1], ARGV[1], 'COUNT', 1, 'STREAMS', KEYS[1], '>')
  return read and read[1][2][1]
end

local function leave(entry)
  redis.call('XACK', KEYS[1], ARGV[1], entry)
  redis.call('XDEL', KEYS[1], entry)
end

local entry = nextEntry()
while entry do
  local id = entry[2][2]
  local key = ARGV[5] .. id
  local job = redis.call('HMGET', key, 'kind', 'input', 'attempts')
  local attempt = tonumber(job[3] or 0) + 1
  if not job[1] then
    leave(entry[1])
  elseif attempt > tonumber(ARGV[4]) then
    leave(entry[1])
    redis.call('HSET', key, 'state', 'failed', 'updated', now, 'error',
      'It was begun ' .. ARGV[4] .. ' times, and each time its worker ended before it did')
    redis.call('PEXPIRE', key, ARGV[6])
    redis.call('ZADD', KEYS[3], now, id)
    redis.call('ZREMRANGEBYRANK', KEYS[3], 0, -1 - tonumber(ARGV[7]))
  else
    local token = redis.call('HINCRBY', key, 'token', 1)
    redis.call('HSET', key, 'state', 'running', 'attempts', attempt, 'worker', ARGV[2], 'entry', entry[1], 'updated', now)
    return { id, job[1], job[2], attempt, token }
  end
  entry = nextEntry()
end
return nil
