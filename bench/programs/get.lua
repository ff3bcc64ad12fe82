-- What wrk sends, and what it reports: one line of JSON.
--   BENCH_COOKIE  file that holds the Cookie header's value (a process list would show it)
--   BENCH_KIND    same: one request again and again    mixed: twenty paths and header blocks in turn
--                 etags: another Etag each time   unlike: a header block that never comes again
--                 close: one request to a connection   upload: POST of 10 MB
--   BENCH_PAUSE   longest pause between two requests of a connection, in ms (the mean is half of it)

local kind = os.getenv("BENCH_KIND")
local pause = tonumber(os.getenv("BENCH_PAUSE") or "0")

local file = assert(io.open(os.getenv("BENCH_COOKIE")))
local cookie = file:read("*l")
file:close()

local headers = wrk.headers
headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
headers["Accept"] = "application/json, text/plain, */*"
headers["Accept-Language"] = "en-GB,en;q=0.9,de;q=0.8"
headers["Accept-Encoding"] = "gzip, deflate, br, zstd"
headers["Sec-Fetch-Site"] = "same-origin"
headers["Sec-Fetch-Mode"] = "cors"
headers["Sec-Fetch-Dest"] = "empty"
headers["X-XSRFToken"] = "2|5c1f9d5c|8b0d0f7d8fd0a5a0d1a2f0d0b1c3e4f5|1795246121"
headers["Cookie"] = cookie

local function referer(notebook)
  return "http://" .. headers["Host"] .. "/user/everyone/shared/lab/tree/course/" .. notebook .. ".ipynb"
end

local requests, turn = {}, 0

local function mix()
  local accepts = { "application/json", "*/*", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "image/avif,image/webp,*/*" }
  local folder = wrk.path:match("^(.*/)")
  for i = 1, 20 do
    local own = {}
    for name, value in pairs(headers) do own[name] = value end
    own["Referer"] = referer("week-" .. i)
    own["Accept"] = accepts[i % #accepts + 1]
    if i % 2 == 0 then own["If-None-Match"] = string.format('"%08x"', i * 2654435761 % 4294967296) end
    if i % 3 == 0 then own["X-Requested-With"] = "XMLHttpRequest" end
    if i % 5 == 0 then own["Cache-Control"] = "no-cache" end
    requests[i] = wrk.format("GET", folder .. "api/contents/week-" .. i .. "/1k?content=1&hash=0&n=" .. i, own)
  end
end

function init()
  headers["Referer"] = referer("week-07")
  if kind == "mixed" then mix() end
  if kind == "close" then headers["Connection"] = "close" end
  if kind == "upload" then
    wrk.method = "POST"
    headers["Content-Type"] = "application/octet-stream"
    headers["Origin"] = "http://" .. headers["Host"]
    wrk.body = string.rep('{"cell_type": "code", "source": ["x"]}, \n', 10 * 1024 * 1024 / 40):sub(1, 10 * 1024 * 1024)
  end
end

-- wrk asks whether these exist, and is faster where they do not.
if kind == "mixed" then
  function request()
    turn = turn % #requests + 1
    return requests[turn]
  end
end

local varied = ({ etags = "If-None-Match", unlike = "X-Request-Id" })[kind]
if varied then
  function request()
    turn = turn + 1
    headers[varied] = '"' .. turn .. '"'
    return wrk.format("GET", nil, headers)
  end
end

if pause > 0 then
  math.randomseed(os.time())
  function delay() return math.random(1, pause) end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests": %d, "bytes": %.0f, "seconds": %.6f, "p50": %.1f, "p99": %.1f, "refused": %d, "broken": %d}\n',
    summary.requests, summary.bytes, summary.duration / 1e6, latency:percentile(50), latency:percentile(99),
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
