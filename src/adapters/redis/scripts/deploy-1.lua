--[[
  Records the deployment of a pipeline unless there is one; returns the one in force.

  KEYS[1]  deployment hash
  ARGV[1]  proposed generation
  ARGV[2]  proposed fingerprint
  ARGV[3]  whether its records go through a repartition topic: '1' or '0'
  ARGV[4]  partitions of its source topic, or ''

  Returns {generation, fingerprint, repartitioned, partitions}; a deployment older than repartition topics has nil for
  repartitioned; one that knew no number of partitions takes the one that is given.
]]
if redis.call('HSETNX', KEYS[1], 'generation', ARGV[1]) == 1 then
  redis.call('HSET', KEYS[1], 'fingerprint', ARGV[2], 'repartitioned', ARGV[3])
end
if ARGV[4] ~= '' then
  redis.call('HSETNX', KEYS[1], 'partitions', ARGV[4])
end
return redis.call('HMGET', KEYS[1], 'generation', 'fingerprint', 'repartitioned', 'partitions')
