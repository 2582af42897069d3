-- Load for wrk: `wrk -s load.lua URL -- AUTHORIZATION FOLDER CASE`. Sends FOLDER/CASE.xml over and over; the case `pull` sends Enumerates
-- and pulls what they open to its end. The last line of output is JSON. One thread, so that contexts are known to all of its connections.
local headers, whole, before, after
local open = {}
local pulls = false
local thread

function setup(one)
  thread = one
end

local function read(path)
  local file = assert(io.open(path, 'rb'))
  local text = file:read('*a')
  file:close()
  return text
end

function init(args)
  headers = {
    ['Authorization'] = args[1],
    ['Content-Type'] = 'application/soap+xml;charset=UTF-8',
    ['User-Agent'] = 'wrk',
  }
  pulls = args[3] == 'pull'
  whole = wrk.format('POST', nil, headers, read(args[2] .. '/' .. args[3] .. '.xml'))
  bad = 0
  items = 0
  if pulls then
    local text = read(args[2] .. '/next.xml')
    local at = text:find('@CONTEXT@', 1, true)
    before, after = text:sub(1, at - 1), text:sub(at + 9)
    -- Only a script that looks at answers is given them, which costs wrk time.
    response = function(status, _, body)
      if status ~= 200 then
        bad = bad + 1
        return
      end
      local context = body:match('EnumerationContext>([^<]+)<')
      if context and not body:find('EndOfSequence', 1, true) then
        open[#open + 1] = context
      end
    end
  end
end

function request()
  local count = #open
  if count == 0 then
    return whole
  end
  local context = open[count]
  open[count] = nil
  return wrk.format('POST', nil, headers, before .. context .. after)
end

function done(summary, latency)
  io.write(string.format(
    '{"requests":%d,"microseconds":%d,"bytes":%d,"status":%d,"broken":%d,"bad":%d,"p50":%d,"p99":%d}\n',
    summary.requests, summary.duration, summary.bytes, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    thread:get('bad') or 0, latency:percentile(50), latency:percentile(99)))
end
