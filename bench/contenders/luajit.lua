-- The cases through LuaJIT's FFI. The same protocol as measure.ts: BENCH_CASES names the cases, one line of JSON comes out.
local ffi = require("ffi")
ffi.cdef([[
  typedef struct { int x, y; } pair;
  typedef struct { double x, y, z; } triple;
  typedef struct { pair from, to; triple weight; } segment;
  typedef struct node { int value; struct node *next; } node;
  void noop(void);
  int add(int, int);
  int64_t add_int64(int64_t, int64_t);
  size_t add_size(size_t, size_t);
  double add_double(double, double);
  int sum6(int, int, int, int, int, int);
  int sum9(int, int, int, int, int, int, int, int, int);
  int sum16(int, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int);
  double sum6_double(double, double, double, double, double, double);
  double mixed(int, double, size_t, float);
  size_t length(const char *);
  const char *greeting(void);
  void *identity(void *);
  int first(const uint8_t *);
  void fill(int *);
  int fail(void);
  int pair_in(pair);
  pair pair_out(int, int);
  double triple_in(triple);
  triple triple_out(double, double, double);
  double segment_in(segment);
  segment segment_out(int, double);
  int apply(int (*)(int), int);
  int sort(int (*)(const int *, const int *), int);
  node *list(int);
  int snprintf(char *, size_t, const char *, ...);
  typedef struct { long seconds, nanoseconds; } timespec;
  int clock_gettime(int, timespec *);
]])
-- Called through the namespace, as its documentation says: `local add = C.add` is slower.
local C = ffi.load(os.getenv("BENCH_LIBRARY"))

local LOOPS, LOOPS_SECONDS, LOOP_SECONDS, WARM_UP_SECONDS = 5, 0.04, 0.001, 0.04
local band = require("bit").band

local short = { [0] = "hello world", "hallo welt!", "bonjour moi", "buenos dias" }
local hundred, ten_thousand = {}, {}
for i = 0, 3 do
  hundred[i] = short[i]:rep(10):sub(1, 100)
  ten_thousand[i] = short[i]:rep(1000):sub(1, 10000)
end
local non_ascii = { [0] = "grüße, Welt", "Привет, мир", "naïve façon", "γειά κόσμε!" }

local pair, triple = ffi.new("pair", 3, 4), ffi.new("triple", 1, 2, 3)
local segment = ffi.new("segment", { { 1, 2 }, { 3, 4 }, { 1, 2, 3 } })
local Pair = ffi.typeof("pair")
local out, bytes, text = ffi.new("int[1]"), ffi.new("uint8_t[64]"), ffi.new("char[64]")
local numbers = ffi.new("int[1000]")
local head = C.list(1000)
local increment = ffi.cast("int (*)(int)", function(n) return n + 1 end)
local compare = ffi.cast("int (*)(const int *, const int *)", function(a, b) return a[0] - b[0] end)

local function strlen_of(words)
  return function(n)
    local total = 0
    for i = 1, n do total = total + tonumber(C.length(words[band(i, 3)])) end
    return total
  end
end

local cases = {
  ["noop"] = function(n) for i = 1, n do C.noop() end end,
  ["add i32"] = function(n) local t = 0; for i = 1, n do t = C.add(t, 1) end; return t end,
  ["add i64"] = function(n) local t = 0LL; for i = 1, n do t = C.add_int64(t, 1LL) end; return t end,
  ["add size_t"] = function(n) local t = 0; for i = 1, n do t = tonumber(C.add_size(t, 1)) end; return t end,
  ["add f64"] = function(n) local t = 0; for i = 1, n do t = C.add_double(t, 0.5) end; return t end,
  ["6 arguments"] = function(n) local t = 0; for i = 1, n do t = C.sum6(t, 1, 2, 3, 4, 5) end; return t end,
  ["9 arguments"] = function(n) local t = 0; for i = 1, n do t = C.sum9(t, 1, 2, 3, 4, 5, 6, 7, 8) end; return t end,
  ["16 arguments"] = function(n)
    local t = 0
    for i = 1, n do t = C.sum16(t, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) end
    return t
  end,
  ["6 doubles"] = function(n) local t = 0; for i = 1, n do t = C.sum6_double(t, 0.5, 1.5, 2.5, 3.5, 4.5) end; return t end,
  ["mixed arguments"] = function(n) local t = 0; for i = 1, n do t = C.mixed(1, t, 3, 0.5) end; return t end,
  ["strlen 11"] = strlen_of(short),
  ["strlen 100"] = strlen_of(hundred),
  ["strlen 10000"] = strlen_of(ten_thousand),
  ["strlen non-ASCII"] = strlen_of(non_ascii),
  ["string result"] = function(n) local t = 0; for i = 1, n do t = t + #ffi.string(C.greeting()) end; return t end,
  ["pointer"] = function(n) local p = ffi.cast("void *", bytes); for i = 1, n do p = C.identity(p) end; return p end,
  ["Uint8Array"] = function(n) local t = 0; for i = 1, n do t = t + C.first(bytes) end; return t end,
  ["out-parameter"] = function(n) local t = 0; for i = 1, n do C.fill(out); t = t + out[0] end; return t end,
  ["snprintf"] = function(n)
    local t = 0
    for i = 1, n do t = t + ffi.C.snprintf(text, 64, "%d", ffi.cast("int", i)) end
    return t
  end,
  ["errno"] = function(n) local t = 0; for i = 1, n do C.fail(); t = t + ffi.errno() end; return t end,
  ["pair in"] = function(n) local t = 0; for i = 1, n do t = t + C.pair_in(pair) end; return t end,
  ["pair out"] = function(n) local t = 0; for i = 1, n do t = t + C.pair_out(i, 1).x end; return t end,
  ["triple in"] = function(n) local t = 0; for i = 1, n do t = t + C.triple_in(triple) end; return t end,
  ["triple out"] = function(n) local t = 0; for i = 1, n do t = t + C.triple_out(i, 1, 2).x end; return t end,
  ["nested in"] = function(n) local t = 0; for i = 1, n do t = t + C.segment_in(segment) end; return t end,
  ["nested out"] = function(n) local t = 0; for i = 1, n do t = t + C.segment_out(i, 1.5).from.x end; return t end,
  ["callback"] = function(n) local t = 0; for i = 1, n do t = t + C.apply(increment, i) end; return t end,
  ["qsort"] = function(n) local t = 0; for i = 1, n do t = t + C.sort(compare, 10000) end; return t end,
  ["field read"] = function(n) local t = 0; for i = 1, n do t = t + pair.x end; return t end,
  ["field write"] = function(n) for i = 1, n do pair.x = i end; return pair.x end,
  ["nested field"] = function(n) local t = 0; for i = 1, n do t = t + segment.to.y end; return t end,
  ["new structure"] = function(n) local last; for i = 1, n do last = Pair(i, 1) end; return last end,
  ["array fill"] = function(n) for i = 1, n do for k = 0, 999 do numbers[k] = k + i end end; return numbers[999] end,
  ["array sum"] = function(n) local t = 0; for i = 1, n do for k = 0, 999 do t = t + numbers[k] end end; return t end,
  ["linked list"] = function(n)
    local t = 0
    for i = 1, n do
      local at = head
      while at ~= nil do
        t = t + at.value
        at = at.next
      end
    end
    return t
  end,
}
-- A compiled call must not run a callback: LuaJIT says so, and that this is how such calls are kept out of compiled code.
require("jit").off(cases.callback)
require("jit").off(cases.qsort)

local time = ffi.new("timespec")
local function now()
  ffi.C.clock_gettime(1, time)
  return tonumber(time.seconds) + tonumber(time.nanoseconds) / 1e9
end

local function seconds(run, n)
  local start = now()
  run(n)
  return now() - start
end

local function nanoseconds(run)
  local n = 1
  while seconds(run, n) < 0.001 do n = n * 2 end
  local part, start = math.max(1, math.floor(n / 4)), now()
  while now() - start < WARM_UP_SECONDS do run(part) end
  n = math.max(1, math.floor(n * LOOP_SECONDS / seconds(run, n)))
  local best, total, loops = math.huge, 0, 0
  while loops < LOOPS or total < LOOPS_SECONDS do
    local taken = seconds(run, n)
    best, total, loops = math.min(best, taken), total + taken, loops + 1
  end
  return best / n * 1e9
end

local results = {}
for name in (os.getenv("BENCH_CASES") or ""):gmatch("[^,]+") do
  if cases[name] then results[#results + 1] = ('"%s":%.4g'):format(name, nanoseconds(cases[name])) end
end
print("{" .. table.concat(results, ",") .. "}")
