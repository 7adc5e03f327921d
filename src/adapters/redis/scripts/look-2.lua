--[[
  Looks a cached text up; if there is none, takes the lock of its key, unless another loader holds it.

  KEYS[1]  text: what is cached
  KEYS[2]  text: id of the loader that holds the lock
  ARGV[1]  id of the caller
  ARGV[2]  when the lock lapses, ms

  Returns {'value', text}, {'fill', id of the caller} or {'wait', id of the holder}.
]]
local value = redis.call('GET', KEYS[1])
if value then return { 'value', value } end
local holder = redis.call('GET', KEYS[2])
if holder then return { 'wait', holder } end
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
return { 'fill', ARGV[1] }
