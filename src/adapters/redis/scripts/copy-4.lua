--[[
  Copies the state of a task beside it, as of one commit, so that it can be read at leisure.

  KEYS[1]  task hash
  KEYS[2]  set of segment ids
  KEYS[3]  set of pending entries
  KEYS[4]  copy of KEYS[3]
  ARGV[1]  key prefix of segments
  ARGV[2]  key prefix of their copies
  ARGV[3]  after how long the copies go by themselves, ms

  Returns {task hash as a flat list, {segment id, entries, ...}, count of pending entries}, or nil before the first commit.
]]
if redis.call('HEXISTS', KEYS[1], 'nextOffset') == 0 then return false end
local segments = {}
for _, id in ipairs(redis.call('SMEMBERS', KEYS[2])) do
  redis.call('COPY', ARGV[1] .. id, ARGV[2] .. id, 'REPLACE')
  redis.call('PEXPIRE', ARGV[2] .. id, ARGV[3])
  segments[#segments + 1] = id
  segments[#segments + 1] = redis.call('HLEN', ARGV[2] .. id)
end
local pending = redis.call('SCARD', KEYS[3])
if pending > 0 then
  redis.call('COPY', KEYS[3], KEYS[4], 'REPLACE')
  redis.call('PEXPIRE', KEYS[4], ARGV[3])
end
return { redis.call('HGETALL', KEYS[1]), segments, pending }
