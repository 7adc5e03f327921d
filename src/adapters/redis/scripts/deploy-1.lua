--[[
  Records the deployment of a pipeline unless there is one; returns the one in force.

  KEYS[1]  deployment hash
  ARGV[1]  proposed generation
  ARGV[2]  proposed fingerprint

  Returns {generation, fingerprint}
]]
redis.call('HSETNX', KEYS[1], 'generation', ARGV[1])
redis.call('HSETNX', KEYS[1], 'fingerprint', ARGV[2])
return redis.call('HMGET', KEYS[1], 'generation', 'fingerprint')
