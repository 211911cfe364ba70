/**
 * What is measured: the cases in the order of the table, what each does, and which of them share a process.
 *
 * A contender fills in what it can do: one function a case, doing its work `n` times and giving something that depends
 * on all of it, so that no compiler can leave it out. All call the same C library, `library.c`.
 */
export type Case = (n: number) => unknown;
export type Cases = Readonly<Record<string, Case>>;

export interface CaseInfo {
  readonly what: string;
  /**
   * The cases of one group run in one process, each group in one of its own: what V8 learns in one does not colour
   * another.
   */
  readonly group: string;
  /** What the figure counts; nanoseconds when it is not said. */
  readonly unit?: "ms" | "MB";
  /** The first major version of Node that can do it. */
  readonly since?: number;
}

export const CASES: Readonly<Record<string, CaseInfo>> = {
  noop: { group: "numbers", what: "void noop(void)" },
  "add i32": { group: "numbers", what: "int add(int, int)" },
  "add i64": { group: "numbers", what: "int64_t add(int64_t, int64_t), as bigint" },
  "add size_t": { group: "numbers", what: "size_t add(size_t, size_t), as number" },
  "add f64": { group: "numbers", what: "double add(double, double)" },
  "6 arguments": { group: "numbers", what: "int sum(int × 6)" },
  "9 arguments": { group: "numbers", what: "int sum(int × 9)" },
  "16 arguments": { group: "numbers", what: "int sum(int × 16)" },
  "4 narrow": { group: "numbers", what: "short sum(unsigned char, short, bool, signed char)" },
  "6 doubles": { group: "numbers", what: "double sum(double × 6)" },
  "mixed arguments": { group: "numbers", what: "double mixed(int, double, size_t, float)" },
  "strlen 11": { group: "text", what: "size_t strlen(const char *) of 11 characters" },
  "strlen 100": { group: "text", what: "the same of 100 characters" },
  "strlen 10000": { group: "text", what: "the same of 10,000 characters" },
  "strlen non-ASCII": { group: "text", what: "the same of 11 characters, some not ASCII" },
  "string result": { group: "text", what: "const char *greeting(void), 11 characters" },
  pointer: { group: "text", what: "void *identity(void *)" },
  Uint8Array: { group: "text", what: "int first(const uint8_t *), a Uint8Array handed over" },
  "out-parameter": { group: "text", what: "void fill(int *), and reading it" },
  snprintf: { group: "text", what: 'snprintf(buffer, 64, "%d", n), variadic' },
  errno: { group: "text", what: "int fail(void), and reading errno" },
  "pair in": { group: "structures", what: "int f(struct { int x, y })" },
  "pair out": { group: "structures", what: "struct { int x, y } f(int, int), and reading x" },
  "triple in": { group: "structures", what: "double f(struct { double x, y, z })" },
  "triple out": { group: "structures", what: "struct { double x, y, z } f(double, double, double), and reading x" },
  "nested in": { group: "structures", what: "double f(40 bytes of nested structures)" },
  "nested out": { group: "structures", what: "40 bytes of nested structures f(int, double), and reading from.x" },
  callback: { group: "callbacks", what: "int apply(int (*)(int), int)" },
  qsort: { group: "callbacks", what: "qsort of 10,000 ints" },
  "field read": { group: "memory", what: "point.x" },
  "field write": { group: "memory", what: "point.x = n" },
  "nested field": { group: "memory", what: "segment.to.y" },
  "new structure": { group: "memory", what: "new Point({ x, y })" },
  "array fill": { group: "arrays", what: "filling an array of 1,000 ints" },
  "array sum": { group: "arrays", what: "summing an array of 1,000 ints" },
  "linked list": { group: "arrays", what: "following a list of 1,000 nodes" },
  "async call": { group: "async", what: "int add(int, int) on another thread, 100 at a time" },
  import: {
    group: "import",
    what: "importing it, in a process that has imported nothing: time of the processor",
    unit: "ms",
  },
  "import, cached": { group: "import", what: "the same with V8's compile cache (Node 22)", unit: "ms", since: 22 },
  growth: { group: "growth", what: "memory after a million calls with a string and an out-parameter", unit: "MB" },
};

export const GROUPS: readonly string[] = [...new Set(Object.values(CASES).map(({ group }) => group))];
