--[[
  Stores what a loader has loaded and gives its lock back, unless an invalidation, or time, has taken the lock: what was
  loaded before a write must not be stored after it.

  KEYS[1]  text: what is cached
  KEYS[2]  text: id of the loader that holds the lock
  ARGV[1]  id of the caller
  ARGV[2]  how long the text is kept, ms; 0 to give the lock back without one
  ARGV[3]  the text

  Returns 1, or 0 when the caller does not hold the lock.
]]
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
if tonumber(ARGV[2]) > 0 then redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[2]) end
redis.call('DEL', KEYS[2])
return 1
