-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- What wrk prints for bench-redirects.py: one line of numbers, times in microseconds. With an
-- argument, so many requests go out in one write.

function init (args)
  if args[1] then
    local requests = string.rep (wrk.format (), tonumber (args[1]))
    request = function () return requests end
  end
end

function done (summary, latency)
  local errors = summary.errors
  io.write (string.format ("RESULT %d %d %d %d %d %d %d\n",
                           summary.requests, summary.duration,
                           latency:percentile (50), latency:percentile (99),
                           latency:percentile (99.9), errors.status,
                           errors.connect + errors.read + errors.write + errors.timeout))
end
