--[[
  Puts versions of members on a board, each unless a version as new is known.

  KEYS[1]  sorted set: member to score
  KEYS[2]  hash: member to version, of those on the board and of those in KEYS[4]
  KEYS[3]  hash: member to text
  KEYS[4]  sorted set: members that were dropped or taken off, in that order

  ARGV[1]  greatest number of members; as many of those that are gone are remembered
  ARGV[2]  'highest' or 'lowest': which scores stay
  ARGV[3]  ms until the board goes if nobody writes, '0' for never
  then, for each member: member, version, score ('' takes it off), text

  Returns how many versions were new.
]]
local size = tonumber(ARGV[1])
local changed = 0

local function leaves(member)
  local newest = redis.call('ZRANGE', KEYS[4], -1, -1, 'WITHSCORES')
  redis.call('ZADD', KEYS[4], tonumber(newest[2] or 0) + 1, member)
  redis.call('HDEL', KEYS[3], member)
end

for i = 4, #ARGV, 4 do
  local member, version, score, text = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  local held = redis.call('HGET', KEYS[2], member)
  if not held or version > held then
    changed = changed + 1
    redis.call('HSET', KEYS[2], member, version)
    if score == '' then
      redis.call('ZREM', KEYS[1], member)
      leaves(member)
    else
      redis.call('ZADD', KEYS[1], score, member)
      redis.call('HSET', KEYS[3], member, text)
      redis.call('ZREM', KEYS[4], member)
    end
  end
end

local pop = ARGV[2] == 'highest' and 'ZPOPMIN' or 'ZPOPMAX'
for _ = size + 1, redis.call('ZCARD', KEYS[1]) do
  leaves(redis.call(pop, KEYS[1])[1])
end
local forgotten = redis.call('ZCARD', KEYS[4]) - size
if forgotten > 0 then
  for _, member in ipairs(redis.call('ZRANGE', KEYS[4], 0, forgotten - 1)) do
    redis.call('HDEL', KEYS[2], member)
  end
  redis.call('ZREMRANGEBYRANK', KEYS[4], 0, forgotten - 1)
end
if ARGV[3] ~= '0' then
  for _, key in ipairs(KEYS) do
    redis.call('PEXPIRE', key, ARGV[3])
  end
end
return changed
