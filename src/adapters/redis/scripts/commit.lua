--[[
  Step 5 of the checkpoint protocol: one atomic, fenced commit of a task's delta.

  KEYS[1]  task hash
  KEYS[2]  set of segment ids
  KEYS[3]  set of pending entries
  KEYS[4]  live feed stream
  KEYS[5+] hashes of the segments named in ARGV, in their order

  ARGV[1]  epoch of the caller
  ARGV[2]  number of this commit
  ARGV[3]  progress as one field list: count of values, then field, value, ...
  then, for each segment key: id, dropped ('1' or '0'), count of upsert values (entry, pane, ...), the values,
       count of removals, the entries
  then     count of pending additions, the entries; count of pending removals, the entries
  then     id of the feed entry ('' for none), its text, greatest length of the feed

  Returns {'OK'}, or {'FENCED', current epoch, last commit} having changed nothing.
]]
-- Lua's stack holds about 8,000 values: lists are passed on in chunks of this size (even, for pairs).
local CHUNK = 7000
local position = 3

local function nextValue()
  local value = ARGV[position]
  position = position + 1
  return value
end

local function callWithList(command, key)
  local count = tonumber(nextValue())
  local last = position + count - 1
  while position <= last do
    local chunkEnd = math.min(position + CHUNK - 1, last)
    redis.call(command, key, unpack(ARGV, position, chunkEnd))
    position = chunkEnd + 1
  end
  return count
end

local owned = redis.call('HMGET', KEYS[1], 'epoch', 'commits')
local epoch, commits = owned[1], tonumber(owned[2] or 0)
local number = tonumber(ARGV[2])
if epoch ~= ARGV[1] or (number ~= commits + 1 and number ~= commits) then
  return { 'FENCED', epoch or 'none', tostring(commits) }
end
-- A commit whose answer was lost is sent again.
if number == commits then
  return { 'OK' }
end

redis.call('HSET', KEYS[1], 'commits', ARGV[2])
callWithList('HSET', KEYS[1])
for i = 5, #KEYS do
  local id = nextValue()
  local dropped = nextValue() == '1'
  if callWithList('HSET', KEYS[i]) > 0 then
    redis.call('SADD', KEYS[2], id)
  end
  callWithList('HDEL', KEYS[i])
  if dropped or redis.call('EXISTS', KEYS[i]) == 0 then
    redis.call('UNLINK', KEYS[i])
    redis.call('SREM', KEYS[2], id)
  end
end
callWithList('SADD', KEYS[3])
callWithList('SREM', KEYS[3])
local feedId, rows, maxLength = nextValue(), nextValue(), nextValue()
if feedId ~= '' then
  redis.call('XADD', KEYS[4], 'MAXLEN', '~', maxLength, feedId, 'rows', rows)
  -- Wakes those who follow the feed. A user who may not publish commits all the same.
  redis.pcall('PUBLISH', KEYS[4], '')
end
return { 'OK' }
