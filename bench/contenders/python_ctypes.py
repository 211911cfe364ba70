"""The cases through Python's ctypes, in CPython and in PyPy."""
import ctypes
import os
import sys
from ctypes import CFUNCTYPE, POINTER, Structure, byref, c_char_p, c_double, c_float, c_int, c_int64, c_size_t, c_ubyte, c_void_p

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from measure import HUNDRED, NON_ASCII, SHORT, TEN_THOUSAND, measure


class Pair(Structure):
    _fields_ = [("x", c_int), ("y", c_int)]


class Triple(Structure):
    _fields_ = [("x", c_double), ("y", c_double), ("z", c_double)]


class Segment(Structure):
    _fields_ = [("from_", Pair), ("to", Pair), ("weight", Triple)]


class Node(Structure):
    pass


Node._fields_ = [("value", c_int), ("next", POINTER(Node))]
Numbers = c_int * 1000
Unary = CFUNCTYPE(c_int, c_int)
Compare = CFUNCTYPE(c_int, POINTER(c_int), POINTER(c_int))

path = os.environ["BENCH_LIBRARY"]
library = ctypes.CDLL(path)


def declare(name, restype, *argtypes, source=library):
    function = source[name]
    function.restype = restype
    function.argtypes = argtypes
    return function


noop = declare("noop", None)
add = declare("add", c_int, c_int, c_int)
add_int64 = declare("add_int64", c_int64, c_int64, c_int64)
add_size = declare("add_size", c_size_t, c_size_t, c_size_t)
add_double = declare("add_double", c_double, c_double, c_double)
sum6 = declare("sum6", c_int, *[c_int] * 6)
sum9 = declare("sum9", c_int, *[c_int] * 9)
sum16 = declare("sum16", c_int, *[c_int] * 16)
sum6_double = declare("sum6_double", c_double, *[c_double] * 6)
mixed = declare("mixed", c_double, c_int, c_double, c_size_t, c_float)
length = declare("length", c_size_t, c_char_p)
greeting = declare("greeting", c_char_p)
identity = declare("identity", c_void_p, c_void_p)
first = declare("first", c_int, POINTER(c_ubyte))
fill = declare("fill", None, POINTER(c_int))
pair_in = declare("pair_in", c_int, Pair)
pair_out = declare("pair_out", Pair, c_int, c_int)
triple_in = declare("triple_in", c_double, Triple)
triple_out = declare("triple_out", Triple, c_double, c_double, c_double)
segment_in = declare("segment_in", c_double, Segment)
segment_out = declare("segment_out", Segment, c_int, c_double)
apply = declare("apply", c_int, Unary, c_int)
sort = declare("sort", c_int, Compare, c_int)
linked = declare("list", POINTER(Node), c_int)
fail = declare("fail", c_int, source=ctypes.CDLL(path, use_errno=True))
snprintf = ctypes.CDLL(None).snprintf

pair = Pair(3, 4)
triple = Triple(1, 2, 3)
segment = Segment(Pair(1, 2), Pair(3, 4), Triple(1, 2, 3))
out = c_int()
array = (c_ubyte * 64)()
text = ctypes.create_string_buffer(64)
numbers = Numbers()
head = linked(1000)
increment = Unary(lambda n: n + 1)
compare = Compare(lambda a, b: a[0] - b[0])

cases = {}


def case(name):
    def keep(function):
        cases[name] = function
        return function

    return keep


@case("noop")
def _(n):
    for _ in range(n):
        noop()


@case("add i32")
def _(n):
    for i in range(n):
        add(i, 1)


@case("add i64")
def _(n):
    for i in range(n):
        add_int64(i, 1)


@case("add size_t")
def _(n):
    for i in range(n):
        add_size(i, 1)


@case("add f64")
def _(n):
    total = 0.0
    for _ in range(n):
        total = add_double(total, 0.5)


@case("6 arguments")
def _(n):
    for i in range(n):
        sum6(i, 1, 2, 3, 4, 5)


@case("9 arguments")
def _(n):
    for i in range(n):
        sum9(i, 1, 2, 3, 4, 5, 6, 7, 8)


@case("16 arguments")
def _(n):
    for i in range(n):
        sum16(i, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)


@case("6 doubles")
def _(n):
    total = 0.0
    for _ in range(n):
        total = sum6_double(total, 0.5, 1.5, 2.5, 3.5, 4.5)


@case("mixed arguments")
def _(n):
    total = 0.0
    for i in range(n):
        total = mixed(i, total, 3, 0.5)


def strlen_of(words):
    def run(n):
        for i in range(n):
            length(words[i & 3])

    return run


cases["strlen 11"] = strlen_of(SHORT)
cases["strlen 100"] = strlen_of(HUNDRED)
cases["strlen 10000"] = strlen_of(TEN_THOUSAND)


@case("strlen non-ASCII")
def _(n):
    for i in range(n):
        length(NON_ASCII[i & 3].encode())


@case("string result")
def _(n):
    for _ in range(n):
        greeting()


@case("pointer")
def _(n):
    last = 0x7F0012345678
    for _ in range(n):
        last = identity(last)


@case("Uint8Array")
def _(n):
    for _ in range(n):
        first(array)


@case("out-parameter")
def _(n):
    for _ in range(n):
        fill(byref(out))
        out.value


@case("snprintf")
def _(n):
    for i in range(n):
        snprintf(text, 64, b"%d", i)


@case("errno")
def _(n):
    for _ in range(n):
        fail()
        ctypes.get_errno()


@case("pair in")
def _(n):
    for _ in range(n):
        pair_in(pair)


@case("pair out")
def _(n):
    for i in range(n):
        pair_out(i, 1).x


@case("triple in")
def _(n):
    for _ in range(n):
        triple_in(triple)


@case("triple out")
def _(n):
    for i in range(n):
        triple_out(i, 1, 2).x


@case("nested in")
def _(n):
    for _ in range(n):
        segment_in(segment)


@case("nested out")
def _(n):
    for i in range(n):
        segment_out(i, 1.5).from_.x


@case("callback")
def _(n):
    for i in range(n):
        apply(increment, i)


@case("qsort")
def _(n):
    for _ in range(n):
        sort(compare, 10_000)


@case("field read")
def _(n):
    total = 0
    for _ in range(n):
        total += pair.x


@case("field write")
def _(n):
    for i in range(n):
        pair.x = i


@case("nested field")
def _(n):
    total = 0
    for _ in range(n):
        total += segment.to.y


@case("new structure")
def _(n):
    for i in range(n):
        Pair(i, 1)


@case("array fill")
def _(n):
    for i in range(n):
        for k in range(1000):
            numbers[k] = k + i


@case("array sum")
def _(n):
    for _ in range(n):
        total = 0
        for k in range(1000):
            total += numbers[k]


@case("linked list")
def _(n):
    for _ in range(n):
        total = 0
        at = head
        while at:
            node = at.contents
            total += node.value
            at = node.next


@case("growth")
def _(n):
    for i in range(n):
        length(SHORT[i & 3])
        fill(byref(out))


measure(cases)
