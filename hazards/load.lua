-- wrk's requests, made beforehand: every pass and every path, again and again.
-- Arguments: a file with one Cookie header a line, the prefix, how many paths each pass asks for.
local requests, at = {}, 0

function init(arguments)
  local methods = { "GET", "GET", "GET", "POST" }
  local number = 0
  for cookie in io.lines(arguments[1]) do
    for path = 1, tonumber(arguments[3]) do
      number = number + 1
      local method = methods[number % #methods + 1]
      local headers = {
        ["Accept"] = "application/json",
        ["Accept-Language"] = "en-US,en;q=0.9",
        ["Cookie"] = "_xsrf=2|aabbccdd|0123456789abcdef; " .. cookie,
        ["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64)",
      }
      local target = arguments[2] .. "api/contents/" .. number .. ".ipynb?content=1"
      local body = method == "POST" and string.rep("b", number % 3000) or nil
      requests[number] = wrk.format(method, target, headers, body)
    end
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end
