/** What a generated module takes over of comments: documentation in all usual styles, and names of parameters. */
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { generate } from "ctypes-configure";
import { libraryOf, skipWithoutLibclang } from "./generated.ts";

const header = `
/** one */
int f1(int);
/*! two */
int f2(int);
/// three
/// more three
int f3(int);
//! four
int f4(int);
int f5(int); /**< five */
int f6(int); ///< six
///< more six
int f7(int); //!< seven
/* eight */
int f8(int);
int f9(int); /* of nothing */
int f10(int);
enum kind { KIND_A, /**< a */ KIND_B, ///< b
  KIND_C /*!< c */ , /** d */ KIND_D };
struct part { int a; /**< the a */ int b; ///< the b
};
/**
 * f11:
 * @x: an x
 * @y: (nullable) (out): a y,
 *   and more
 *
 * Does eleven.
 *
 * Returns: nothing
 */
int f11(int x, int *y);
/**
 * side:
 * @LEFT: to the left,
 *   far
 * @RIGHT: to the right
 *
 * Where it goes.
 */
typedef enum { LEFT, RIGHT } side;
/**
 * struct box:
 * @width: how wide it is
 */
struct box { int width; };
/**
 * Note:
 * this is no name.
 */
int f12(int);
/**
 * @brief Thirteen is brief.
 * @param x the x
 */
int f13(int x);
int by_comment(const char * /* name */, int /* count */, void (* /* done */)(int /* status */, void *), int [2] /* pair */);
int behind(int, /* first */
           int); /* last */
int some(int named, int);
int none(int, int);
typedef void (*done_t)(int status, void *data);
int call(int (*visit)(int item, int), done_t done);
`;
const source = `
int f1(int x) { return x; } int f2(int x) { return x; } int f3(int x) { return x; } int f4(int x) { return x; }
int f5(int x) { return x; } int f6(int x) { return x; } int f7(int x) { return x; } int f8(int x) { return x; }
int f9(int x) { return x; } int f10(int x) { return x; } int f11(int x, int *y) { return x; } int f12(int x) { return x; }
int f13(int x) { return x; } int by_comment(const char *a, int b, void (*c)(int, void *), int d[2]) { return 0; }
int behind(int a, int b) { return 0; } int some(int a, int b) { return 0; } int none(int a, int b) { return 0; }
int call(int (*visit)(int item, int), done_t done) { return 0; }
`;

describe("a generated module", { skip: skipWithoutLibclang() }, () => {
  let comments: ReadonlyMap<string, string | null>;
  let made: ReturnType<typeof generate>;
  let options: Parameters<typeof generate>[0];
  before(() => {
    options = libraryOf("documented", header, source);
    made = generate(options);
    comments = new Map(made.declarations.map(({ name, comment }) => [name, comment]));
  });

  test("has the documentation of all usual styles", () => {
    const words = ["one", "two", "three\nmore three", "four", "five", "six\nmore six", "seven", "eight", null, null];
    assert.deepEqual(
      words.map((_, i) => comments.get(`f${i + 1}`)),
      words,
    );
    assert.equal(comments.get("f13"), "Thirteen is brief.");
    const kind = made.declarations.find(({ name }) => name === "kind");
    assert.deepEqual(kind?.kind === "enum" && kind.values.map(({ comment }) => comment), ["a", "b", "c", "d"]);
    const part = made.declarations.find(({ name }) => name === "part");
    assert.deepEqual(part?.kind === "record" && part.members.map(({ comment }) => comment), ["the a", "the b"]);
  });

  test("understands gtk-doc, also where it speaks of members and enumerators", () => {
    assert.equal(comments.get("f11"), "Does eleven.");
    assert.equal(comments.get("side"), "Where it goes.");
    assert.equal(comments.get("f12"), "Note:\nthis is no name.");
    assert.match(made.text, /\/\*\* to the left, far \*\/\n {2}LEFT: 0,\n {2}\/\*\* to the right \*\/\n {2}RIGHT: 1/);
    assert.match(made.text, /\/\*\* how wide it is \*\/\n {2}width: c_int/);
    const full = generate({ ...options, docs: "full" }).declarations.find(({ name }) => name === "f11");
    assert.equal(full?.comment, "Does eleven.\n\nReturns: nothing\n\n@param x an x\n@param y a y, and more");
    assert.ok(generate({ ...options, docs: "none" }).declarations.every(({ comment }) => comment === null));
  });

  test("has names of parameters that only comments say", () => {
    const namesOf = (name: string) => {
      const found = made.declarations.find((one) => one.name === name);
      return found?.kind === "function" ? found.type.parameters.map((parameter) => parameter.name) : [];
    };
    assert.deepEqual(namesOf("by_comment"), ["name", "count", "done", "pair"]);
    assert.deepEqual(namesOf("behind"), ["first", "arg1"]);
    assert.deepEqual(namesOf("some"), ["named", "arg1"]);
    assert.deepEqual(namesOf("none"), ["", ""]);
    assert.match(made.text, /`int behind\(int first, int arg1\)`/);
  });

  test("has the names that function types give their parameters", () => {
    assert.match(made.text, /done_t: FunctionType<void, \[status: c_int, data: c_void_p\]>/);
    assert.match(made.text, /visit: Func<c_int, \[item: c_int, arg1: c_int\]>, done: done_t/);
  });
});
