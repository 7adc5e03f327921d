--[[
  Records the deployment of a pipeline unless there is one; returns the one in force.

  KEYS[1]  deployment hash
  ARGV[1]  proposed text of the definition, '' for none; kept if the fingerprint in force is the proposed one
  ARGV[2]  partitions of its source topic, or ''; kept by a deployment that knows no number
  ARGV[3]  'generation'
  ARGV[4]  proposed generation
  ARGV[5]  'fingerprint'
  ARGV[6]  proposed fingerprint, then what else a new deployment has: field, value, ...

  Returns the deployment in force as a flat list
]]
if redis.call('HEXISTS', KEYS[1], 'generation') == 0 then
  redis.call('HSET', KEYS[1], unpack(ARGV, 3))
end
if ARGV[2] ~= '' then
  redis.call('HSETNX', KEYS[1], 'partitions', ARGV[2])
end
local known = redis.call('HMGET', KEYS[1], 'fingerprint', 'definition')
if ARGV[1] ~= '' and known[1] == ARGV[6] and known[2] ~= ARGV[1] then
  redis.call('HSET', KEYS[1], 'definition', ARGV[1])
end
return redis.call('HGETALL', KEYS[1])
