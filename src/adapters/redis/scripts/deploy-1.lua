--[[
  Records the deployment of a pipeline unless there is one; returns the one in force.

  KEYS[1]  deployment hash
  ARGV[1]  proposed generation
  ARGV[2]  proposed fingerprint
  ARGV[3]  whether its records go through a repartition topic: '1' or '0'

  Returns {generation, fingerprint, repartitioned}; a deployment older than repartition topics has nil as its last.
]]
if redis.call('HSETNX', KEYS[1], 'generation', ARGV[1]) == 1 then
  redis.call('HSET', KEYS[1], 'fingerprint', ARGV[2], 'repartitioned', ARGV[3])
end
return redis.call('HMGET', KEYS[1], 'generation', 'fingerprint', 'repartitioned')
