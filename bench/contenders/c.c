/*
 * The cases in C itself: the limit. The functions are called through the shared library, as every contender calls them,
 * so none is inlined. The same protocol as measure.ts: BENCH_CASES names the cases, one line of JSON comes out.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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

static volatile double sink;
static char words[3][4][10016];
static uint8_t bytes[64];
static pair some_pair = {3, 4};
static triple some_triple = {1, 2, 3};
static segment some_segment = {{1, 2}, {3, 4}, {1, 2, 3}};
static volatile pair point = {3, 4};
static volatile segment line;
static int numbers[1000];
static node *head;

static int increment(int n) { return n + 1; }
static int compare(const int *a, const int *b) { return *a - *b; }

/* So that the compiler believes the memory after it to be read and written. */
#define TOUCH(pointer) __asm__ volatile("" : : "r"(pointer) : "memory")
#define CASE(name, type, start, ...)                \
  static void name##_case(long n) {                 \
    type total = start;                             \
    for (long i = 0; i < n; i++) { __VA_ARGS__; }   \
    sink = (double)(intptr_t)total;                 \
  }

CASE(noop, int, 0, noop())
CASE(add, int, 0, total = add(total, i))
CASE(add_int64, int64_t, 0, total = add_int64(total, 1))
CASE(add_size, size_t, 0, total = add_size(total, i))
CASE(add_double, double, 0, total = add_double(total, 0.5))
CASE(sum6, int, 0, total = sum6(total, i, 2, 3, 4, 5))
CASE(sum9, int, 0, total = sum9(total, i, 2, 3, 4, 5, 6, 7, 8))
CASE(sum16, int, 0, total = sum16(total, i, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15))
CASE(sum6_double, double, 0, total = sum6_double(total, 0.5, 1.5, 2.5, 3.5, 4.5))
CASE(mixed, double, 0, total = mixed(i, total, 3, 0.5f))
CASE(length11, size_t, 0, total += length(words[0][i & 3]))
CASE(length100, size_t, 0, total += length(words[1][i & 3]))
CASE(length10000, size_t, 0, total += length(words[2][i & 3]))
CASE(greeting, size_t, 0, total += strlen(greeting()))
CASE(identity, void *, NULL, total = identity(total))
CASE(first, int, 0, total += first(bytes))
CASE(fill, int, 0, int out; fill(&out); total += out)
CASE(print, int, 0, char text[64]; total += snprintf(text, sizeof text, "%d", (int)i))
CASE(fail, int, 0, fail(); total += errno)
CASE(pair_in, int, 0, total += pair_in(some_pair))
CASE(pair_out, int, 0, total += pair_out(i, 1).x)
CASE(triple_in, double, 0, total += triple_in(some_triple))
CASE(triple_out, double, 0, total += triple_out(i, 1, 2).x)
CASE(segment_in, double, 0, total += segment_in(some_segment))
CASE(segment_out, double, 0, total += segment_out(i, 1.5).from.x)
CASE(apply, int, 0, total += apply(increment, i))
CASE(sort, int, 0, total += sort(compare, 10000))
CASE(read, int, 0, total += point.x)
CASE(write, int, 0, point.x = i)
CASE(nested, int, 0, total += line.to.y)
CASE(create, pair *, NULL, total = malloc(sizeof(pair)); *total = (pair){i, 1}; TOUCH(total); free(total); total = NULL)
CASE(array_fill, int, 0, for (int k = 0; k < 1000; k++) numbers[k] = k + i; TOUCH(numbers))
CASE(array_sum, int, 0, for (int k = 0; k < 1000; k++) total += numbers[k]; TOUCH(numbers))
CASE(follow, int, 0, for (node *at = head; at; at = at->next) total += at->value; TOUCH(head))

static const struct { const char *name; void (*run)(long); } cases[] = {
    {"noop", noop_case}, {"add i32", add_case}, {"add i64", add_int64_case}, {"add size_t", add_size_case},
    {"add f64", add_double_case}, {"6 arguments", sum6_case}, {"9 arguments", sum9_case}, {"16 arguments", sum16_case},
    {"6 doubles", sum6_double_case}, {"mixed arguments", mixed_case}, {"strlen 11", length11_case},
    {"strlen 100", length100_case}, {"strlen 10000", length10000_case}, {"string result", greeting_case},
    {"pointer", identity_case}, {"Uint8Array", first_case}, {"out-parameter", fill_case}, {"snprintf", print_case},
    {"errno", fail_case}, {"pair in", pair_in_case}, {"pair out", pair_out_case}, {"triple in", triple_in_case},
    {"triple out", triple_out_case}, {"nested in", segment_in_case}, {"nested out", segment_out_case},
    {"callback", apply_case}, {"qsort", sort_case}, {"field read", read_case}, {"field write", write_case},
    {"nested field", nested_case}, {"new structure", create_case}, {"array fill", array_fill_case},
    {"array sum", array_sum_case}, {"linked list", follow_case},
};

static double seconds(void (*run)(long), long n) {
  struct timespec start, end;
  clock_gettime(CLOCK_MONOTONIC, &start);
  run(n);
  clock_gettime(CLOCK_MONOTONIC, &end);
  return end.tv_sec - start.tv_sec + (end.tv_nsec - start.tv_nsec) / 1e9;
}

static double nanoseconds(void (*run)(long)) {
  long n = 1;
  while (seconds(run, n) < 0.001) n *= 2;
  double best = 1e9, total = 0;
  for (int loop = 0; loop < 5 || total < 0.04; loop++) {
    double taken = seconds(run, n);
    total += taken;
    if (taken < best) best = taken;
  }
  return best / n * 1e9;
}

int main(void) {
  const char *list_of_cases = getenv("BENCH_CASES");
  const char *separator = "";
  static const int lengths[] = {11, 100, 10000};
  for (int kind = 0; kind < 3; kind++)
    for (int i = 0; i < 4; i++) memset(words[kind][i], 'a' + i, lengths[kind]);
  head = list(1000);
  printf("{");
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char wanted[64], all[4096];
    snprintf(wanted, sizeof wanted, ",%s,", cases[i].name);
    snprintf(all, sizeof all, ",%s,", list_of_cases ? list_of_cases : "");
    if (list_of_cases && !strstr(all, wanted)) continue;
    printf("%s\"%s\":%g", separator, cases[i].name, nanoseconds(cases[i].run));
    separator = ",";
  }
  printf("}\n");
}
