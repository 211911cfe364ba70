"""The cases through cffi in its ABI mode, the one without a compiler."""
import os
import sys

import cffi

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from measure import HUNDRED, NON_ASCII, SHORT, TEN_THOUSAND, measure

ffi = cffi.FFI()
ffi.cdef("""
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
""")
library = ffi.dlopen(os.environ["BENCH_LIBRARY"])
snprintf = ffi.dlopen(None).snprintf

noop, add, add_int64, add_size, add_double = (
    library.noop,
    library.add,
    library.add_int64,
    library.add_size,
    library.add_double,
)
sum6, sum9, sum16, sum6_double, mixed = library.sum6, library.sum9, library.sum16, library.sum6_double, library.mixed
length, greeting, identity, first, fill, fail = (
    library.length,
    library.greeting,
    library.identity,
    library.first,
    library.fill,
    library.fail,
)
pair_in, triple_in, segment_in = library.pair_in, library.triple_in, library.segment_in
pair_out, triple_out, segment_out = library.pair_out, library.triple_out, library.segment_out
apply, sort = library.apply, library.sort

pair = ffi.new("pair *", [3, 4])
triple = ffi.new("triple *", [1, 2, 3])
segment = ffi.new("segment *", [[1, 2], [3, 4], [1, 2, 3]])
pair_type = ffi.typeof("pair *")
out = ffi.new("int *")
array = ffi.new("uint8_t[64]")
text = ffi.new("char[64]")
numbers = ffi.new("int[1000]")
head = library.list(1000)
increment = ffi.callback("int(int)", lambda n: n + 1)
compare = ffi.callback("int(const int *, const int *)", lambda a, b: a[0] - b[0])


def loop(act):
    """A case whose round is one call of a Python function would measure that call: so each is compiled as a loop of its own."""
    source = f"def run(n):\n    total = 0\n    for i in range(n):\n        {act}\n"
    names = dict(globals())
    exec(source, names)
    return names["run"]


cases = {
    "noop": loop("noop()"),
    "add i32": loop("add(i, 1)"),
    "add i64": loop("add_int64(i, 1)"),
    "add size_t": loop("add_size(i, 1)"),
    "add f64": loop("total = add_double(total, 0.5)"),
    "6 arguments": loop("sum6(i, 1, 2, 3, 4, 5)"),
    "9 arguments": loop("sum9(i, 1, 2, 3, 4, 5, 6, 7, 8)"),
    "16 arguments": loop("sum16(i, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)"),
    "6 doubles": loop("total = sum6_double(total, 0.5, 1.5, 2.5, 3.5, 4.5)"),
    "mixed arguments": loop("total = mixed(i, total, 3, 0.5)"),
    "strlen 11": loop("length(SHORT[i & 3])"),
    "strlen 100": loop("length(HUNDRED[i & 3])"),
    "strlen 10000": loop("length(TEN_THOUSAND[i & 3])"),
    "strlen non-ASCII": loop("length(NON_ASCII[i & 3].encode())"),
    "string result": loop("ffi.string(greeting())"),
    "pointer": loop("identity(array)"),
    "Uint8Array": loop("first(array)"),
    "out-parameter": loop("fill(out); total += out[0]"),
    "snprintf": loop('snprintf(text, 64, b"%d", ffi.cast("int", i))'),
    "errno": loop("fail(); total += ffi.errno"),
    "pair in": loop("pair_in(pair[0])"),
    "pair out": loop("pair_out(i, 1).x"),
    "triple in": loop("triple_in(triple[0])"),
    "triple out": loop("triple_out(i, 1, 2).x"),
    "nested in": loop("segment_in(segment[0])"),
    "nested out": loop("getattr(segment_out(i, 1.5), 'from').x"),
    "callback": loop("apply(increment, i)"),
    "qsort": loop("sort(compare, 10_000)"),
    "field read": loop("total += pair.x"),
    "field write": loop("pair.x = i"),
    "nested field": loop("total += segment.to.y"),
    "new structure": loop("ffi.new(pair_type, (i, 1))"),
    "array fill": loop("\n        for k in range(1000): numbers[k] = k + i"),
    "array sum": loop("\n        for k in range(1000): total += numbers[k]"),
    "linked list": loop("\n        at = head\n        while at: total += at.value; at = at.next"),
    "growth": loop("length(SHORT[i & 3]); fill(out)"),
}

measure(cases)
