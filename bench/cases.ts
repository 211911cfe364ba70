/**
 * What is measured: one function a case, doing its work `n` times and giving something that depends on all of it. A contender fills in what it
 * can do. All call the same C library, `fixtures/bench.c`.
 */
export type Case = (n: number) => unknown;
export type Cases = Readonly<Record<string, Case>>;

/** The cases in the order of the table, and what each means. */
export const CASES: Readonly<Record<string, string>> = {
  noop: "void noop(void)",
  add: "int add(int, int)",
  "add double": "double add_double(double, double)",
  "add int64": "int64_t add_int64(int64_t, int64_t), as bigint",
  "add size_t": "size_t add_size(size_t, size_t), as number",
  "six arguments": "int sum6(int × 6)",
  strlen: "size_t strlen(const char *) of 11 characters",
  "C string result": "const char *greeting(void), 11 characters",
  Uint8Array: "int first(const uint8_t *), a Uint8Array handed over",
  "structure argument": "int area(struct { int, int })",
  "structure result": "struct { int, int } make(int, int)",
  "out-parameter": "void fill(int *)",
  callback: "int apply(int (*)(int), int)",
  "field read": "point.x",
  "field write": "point.x = n",
  "new structure": "new Point({ x, y })",
};
