--[[
  Renews the lease of a process and tells which leases have lapsed, by the clock of Redis.

  KEYS[1]  sorted set: process -> when its lease ends, epoch ms
  ARGV[1]  the process
  ARGV[2]  for how long, ms

  Returns the processes whose lease has lapsed.
]]
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[2]), ARGV[1])
return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '(' .. now)
