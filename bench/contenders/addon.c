/*
 * A Node-API addon as one writes it by hand for library.c: what calling C costs without any FFI. Strings go through a
 * buffer on the stack.
 */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <node_api.h>

typedef struct { int x, y; } pair;
typedef struct { double x, y, z; } triple;
typedef struct { pair from, to; triple weight; } segment;

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

static int32_t to_int(napi_env env, napi_value value) {
  int32_t result = 0;
  napi_get_value_int32(env, value, &result);
  return result;
}

static double to_double(napi_env env, napi_value value) {
  double result = 0;
  napi_get_value_double(env, value, &result);
  return result;
}

static napi_value from_int(napi_env env, int32_t value) {
  napi_value result;
  napi_create_int32(env, value, &result);
  return result;
}

static napi_value from_double(napi_env env, double value) {
  napi_value result;
  napi_create_double(env, value, &result);
  return result;
}

static napi_value get(napi_env env, napi_value object, const char *name) {
  napi_value result;
  napi_get_named_property(env, object, name, &result);
  return result;
}

#define ARGUMENTS(count)                                   \
  size_t argc = count;                                     \
  napi_value a[count];                                     \
  napi_get_cb_info(env, info, &argc, a, NULL, NULL)
#define FUNCTION(name) static napi_value js_##name(napi_env env, napi_callback_info info)
#define INT(k) to_int(env, a[k])
#define DOUBLE(k) to_double(env, a[k])

FUNCTION(noop) { noop(); return NULL; }
FUNCTION(add) { ARGUMENTS(2); return from_int(env, add(INT(0), INT(1))); }
FUNCTION(add_int64) {
  ARGUMENTS(2);
  int64_t x = 0, y = 0;
  bool lossless;
  napi_get_value_bigint_int64(env, a[0], &x, &lossless);
  napi_get_value_bigint_int64(env, a[1], &y, &lossless);
  napi_value result;
  napi_create_bigint_int64(env, add_int64(x, y), &result);
  return result;
}
FUNCTION(add_size) {
  ARGUMENTS(2);
  int64_t x = 0, y = 0;
  napi_get_value_int64(env, a[0], &x);
  napi_get_value_int64(env, a[1], &y);
  return from_double(env, add_size(x, y));
}
FUNCTION(add_double) { ARGUMENTS(2); return from_double(env, add_double(DOUBLE(0), DOUBLE(1))); }
FUNCTION(sum6) { ARGUMENTS(6); return from_int(env, sum6(INT(0), INT(1), INT(2), INT(3), INT(4), INT(5))); }
FUNCTION(sum9) {
  ARGUMENTS(9);
  return from_int(env, sum9(INT(0), INT(1), INT(2), INT(3), INT(4), INT(5), INT(6), INT(7), INT(8)));
}
FUNCTION(sum16) {
  ARGUMENTS(16);
  return from_int(env, sum16(INT(0), INT(1), INT(2), INT(3), INT(4), INT(5), INT(6), INT(7), INT(8), INT(9), INT(10),
                             INT(11), INT(12), INT(13), INT(14), INT(15)));
}
FUNCTION(sum6_double) {
  ARGUMENTS(6);
  return from_double(env, sum6_double(DOUBLE(0), DOUBLE(1), DOUBLE(2), DOUBLE(3), DOUBLE(4), DOUBLE(5)));
}
FUNCTION(mixed) { ARGUMENTS(4); return from_double(env, mixed(INT(0), DOUBLE(1), DOUBLE(2), DOUBLE(3))); }
FUNCTION(length) {
  ARGUMENTS(1);
  char text[16384];
  napi_get_value_string_utf8(env, a[0], text, sizeof text, NULL);
  return from_double(env, length(text));
}
FUNCTION(greeting) {
  napi_value result;
  napi_create_string_utf8(env, greeting(), NAPI_AUTO_LENGTH, &result);
  return result;
}
FUNCTION(first) {
  ARGUMENTS(1);
  void *data = NULL;
  napi_get_typedarray_info(env, a[0], NULL, NULL, &data, NULL, NULL);
  return from_int(env, first(data));
}
FUNCTION(fill) {
  int out;
  fill(&out);
  return from_int(env, out);
}
FUNCTION(print) {
  ARGUMENTS(1);
  char text[64];
  return from_int(env, snprintf(text, sizeof text, "%d", INT(0)));
}
FUNCTION(fail) {
  fail();
  return from_int(env, errno);
}

static pair to_pair(napi_env env, napi_value value) {
  return (pair){to_int(env, get(env, value, "x")), to_int(env, get(env, value, "y"))};
}
static triple to_triple(napi_env env, napi_value value) {
  return (triple){to_double(env, get(env, value, "x")), to_double(env, get(env, value, "y")),
                  to_double(env, get(env, value, "z"))};
}
static napi_value from_pair(napi_env env, pair p) {
  napi_value result;
  napi_create_object(env, &result);
  napi_set_named_property(env, result, "x", from_int(env, p.x));
  napi_set_named_property(env, result, "y", from_int(env, p.y));
  return result;
}
static napi_value from_triple(napi_env env, triple t) {
  napi_value result;
  napi_create_object(env, &result);
  napi_set_named_property(env, result, "x", from_double(env, t.x));
  napi_set_named_property(env, result, "y", from_double(env, t.y));
  napi_set_named_property(env, result, "z", from_double(env, t.z));
  return result;
}
FUNCTION(pair_in) { ARGUMENTS(1); return from_int(env, pair_in(to_pair(env, a[0]))); }
FUNCTION(pair_out) { ARGUMENTS(2); return from_pair(env, pair_out(INT(0), INT(1))); }
FUNCTION(triple_in) { ARGUMENTS(1); return from_double(env, triple_in(to_triple(env, a[0]))); }
FUNCTION(triple_out) { ARGUMENTS(3); return from_triple(env, triple_out(DOUBLE(0), DOUBLE(1), DOUBLE(2))); }
FUNCTION(segment_in) {
  ARGUMENTS(1);
  segment s = {to_pair(env, get(env, a[0], "from")), to_pair(env, get(env, a[0], "to")),
               to_triple(env, get(env, a[0], "weight"))};
  return from_double(env, segment_in(s));
}
FUNCTION(segment_out) {
  ARGUMENTS(2);
  segment s = segment_out(INT(0), DOUBLE(1));
  napi_value result;
  napi_create_object(env, &result);
  napi_set_named_property(env, result, "from", from_pair(env, s.from));
  napi_set_named_property(env, result, "to", from_pair(env, s.to));
  napi_set_named_property(env, result, "weight", from_triple(env, s.weight));
  return result;
}

/* C's callbacks here have no room for user data, so where they lead is kept in variables. */
static napi_env current_env;
static napi_value current_function, current_this;

static int call_back(int n) {
  napi_handle_scope scope;
  napi_open_handle_scope(current_env, &scope);
  napi_value argument = from_int(current_env, n), result = NULL;
  napi_call_function(current_env, current_this, current_function, 1, &argument, &result);
  int number = to_int(current_env, result);
  napi_close_handle_scope(current_env, scope);
  return number;
}
static int call_compare(const int *x, const int *y) {
  napi_handle_scope scope;
  napi_open_handle_scope(current_env, &scope);
  napi_value arguments[2] = {from_int(current_env, *x), from_int(current_env, *y)}, result = NULL;
  napi_call_function(current_env, current_this, current_function, 2, arguments, &result);
  int number = to_int(current_env, result);
  napi_close_handle_scope(current_env, scope);
  return number;
}
static void remember(napi_env env, napi_value function) {
  current_env = env;
  current_function = function;
  napi_get_undefined(env, &current_this);
}
FUNCTION(apply) { ARGUMENTS(2); remember(env, a[0]); return from_int(env, apply(call_back, INT(1))); }
FUNCTION(sort) { ARGUMENTS(2); remember(env, a[0]); return from_int(env, sort(call_compare, INT(1))); }

NAPI_MODULE_INIT() {
  static const struct { const char *name; napi_callback call; } functions[] = {
#define ROW(name) {#name, js_##name}
      ROW(noop), ROW(add), ROW(add_int64), ROW(add_size), ROW(add_double), ROW(sum6), ROW(sum9), ROW(sum16),
      ROW(sum6_double), ROW(mixed), ROW(length), ROW(greeting), ROW(first), ROW(fill), ROW(print), ROW(fail),
      ROW(pair_in), ROW(pair_out), ROW(triple_in), ROW(triple_out), ROW(segment_in), ROW(segment_out), ROW(apply), ROW(sort),
  };
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    napi_value function;
    napi_create_function(env, functions[i].name, NAPI_AUTO_LENGTH, functions[i].call, NULL, &function);
    napi_set_named_property(env, exports, functions[i].name, function);
  }
  return exports;
}
