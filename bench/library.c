/* What the benchmark calls: functions that do nothing worth measuring. */
#include <stddef.h>
#include <stdint.h>

typedef struct { int x, y; } point;

void noop(void) {}
int add(int a, int b) { return a + b; }
double add_double(double a, double b) { return a + b; }
int64_t add_int64(int64_t a, int64_t b) { return a + b; }
size_t add_size(size_t a, size_t b) { return a + b; }
int sum6(int a, int b, int c, int d, int e, int f) { return a + b + c + d + e + f; }
const char *greeting(void) { return "hello world"; }
int first(const uint8_t *bytes) { return bytes[0]; }
int area(point p) { return p.x * p.y; }
point make(int x, int y) { return (point){x, y}; }
void fill(int *out) { *out = 7; }
int apply(int (*f)(int), int n) { return f(n); }
