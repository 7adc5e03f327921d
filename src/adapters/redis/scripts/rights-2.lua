--[[
  Tries the commands that Millrace uses on keys of its own, and leaves nothing behind. What a command answers does not matter,
  only whether the user may give it.

  KEYS[1]  key of the form that tasks have
  KEYS[2]  another one in its slot

  Returns what the server refused, as lines `COMMAND error`.
]]
local key, other = KEYS[1], KEYS[2]
local TRIED = {
  { 'HSET', key, 'f', '1' }, { 'PEXPIRE', key, 60000 }, { 'HGETALL', key }, { 'HLEN', key }, { 'HGET', key, 'f' },
  { 'HMGET', key, 'f' }, { 'HEXISTS', key, 'f' }, { 'HSETNX', key, 'f', '1' }, { 'HINCRBY', key, 'f', 1 },
  { 'HSCAN', key, 0 }, { 'EXISTS', key }, { 'COPY', key, other, 'REPLACE' }, { 'RENAME', key, other },
  { 'PERSIST', other }, { 'HDEL', other, 'f' }, { 'UNLINK', key, other },
  { 'SADD', key, 'm' }, { 'PEXPIRE', key, 60000 }, { 'SMEMBERS', key }, { 'SCARD', key }, { 'SSCAN', key, 0 },
  { 'SREM', key, 'm' },
  { 'ZADD', key, 1, 'm' }, { 'PEXPIRE', key, 60000 }, { 'ZCARD', key }, { 'ZRANGE', key, 0, -1 },
  { 'ZRANGEBYSCORE', key, 0, 1 }, { 'ZREVRANGE', key, 0, -1 }, { 'ZREVRANGEBYSCORE', key, 1, 0 }, { 'ZSCORE', key, 'm' },
  { 'ZRANK', key, 'm' }, { 'ZREVRANK', key, 'm' }, { 'ZPOPMIN', key }, { 'ZPOPMAX', key }, { 'ZREM', key, 'm' },
  { 'ZREMRANGEBYRANK', key, 0, -1 }, { 'UNLINK', key },
  { 'XADD', key, '1-0', 'f', 'v' }, { 'PEXPIRE', key, 60000 }, { 'XLEN', key }, { 'XRANGE', key, '-', '+' },
  { 'XREVRANGE', key, '+', '-' }, { 'XREAD', 'COUNT', 1, 'STREAMS', key, '0-0' }, { 'XGROUP', 'CREATE', key, 'g', '0' },
  { 'XREADGROUP', 'GROUP', 'g', 'c', 'COUNT', 1, 'STREAMS', key, '>' }, { 'XACK', key, 'g', '1-0' },
  { 'XCLAIM', key, 'g', 'c', 0, '1-0' }, { 'XAUTOCLAIM', key, 'g', 'c', 0, '0-0' }, { 'XDEL', key, '1-0' },
  { 'UNLINK', key },
  { 'RPUSH', key, 'v' }, { 'PEXPIRE', key, 60000 }, { 'LINDEX', key, 0 }, { 'LRANGE', key, 0, -1 }, { 'LSET', key, 0, 'v' },
  { 'LPOP', key }, { 'UNLINK', key },
  { 'SET', key, '1', 'PX', 60000 }, { 'GET', key }, { 'INCR', key },
  { 'PFADD', other, 'v' }, { 'PFCOUNT', other }, { 'PEXPIRE', other, 60000 }, { 'DEL', key, other },
  { 'TIME' }, { 'PUBLISH', key, '' },
}
local refused = {}
for _, command in ipairs(TRIED) do
  local answer = redis.pcall(unpack(command))
  local text = type(answer) == 'table' and answer.err
  if text and (text:find('permission') or text:find("can't")) then
    refused[#refused + 1] = command[1] .. ' ' .. text
  end
end
return refused
