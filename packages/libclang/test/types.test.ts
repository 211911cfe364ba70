/** Types: what a source says of values. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CursorKind, LibclangError, RefQualifierKind, TypeKind } from "ctypes-libclang";
import { find, findAll, parsed, skip } from "./support.ts";

describe("a type", { skip }, () => {
  test("of each member of a structure is seen through its qualifiers", () => {
    const unit = parsed(`
      typedef int I; struct teststruct { int a; I b; long c; unsigned long d; signed long e; const int f; int *g; int ***h; };`);
    const members = find(unit, "teststruct").get_children();
    const kinds = members.map((member) => member.type.kind.name);
    assert.deepEqual(kinds, ["INT", "TYPEDEF", "LONG", "ULONG", "LONG", "INT", "POINTER", "POINTER"]);
    const [, b, , , , f, , h] = members.map((member) => member.type);
    assert.equal(b?.get_canonical().kind, TypeKind.INT);
    assert.equal(b?.get_declaration().spelling, "I");
    assert.equal(b?.get_typedef_name(), "I");
    assert.deepEqual([f?.is_const_qualified(), h?.is_const_qualified()], [true, false]);
    assert.equal(h?.get_pointee().get_pointee().get_pointee().kind, TypeKind.INT);
  });

  test("of arrays knows element and length", () => {
    const unit = parsed(
      "struct s { void *A[3]; int B[]; }; int i[5]; int plain; __attribute__((vector_size(16))) int v;",
    );
    const a = find(unit, "A").type;
    assert.equal(a.kind, TypeKind.CONSTANTARRAY);
    assert.equal(a.get_array_element_type().kind, TypeKind.POINTER);
    assert.equal(a.get_array_size(), 3);
    assert.equal(find(unit, "B").type.kind, TypeKind.INCOMPLETEARRAY);
    const { type } = find(unit, "i");
    assert.deepEqual([type.element_type.kind, type.element_count], [TypeKind.INT, 5]);
    assert.equal(find(unit, "v").type.element_count, 4);
    assert.throws(() => find(unit, "plain").type.element_type, LibclangError);
    assert.throws(() => find(unit, "plain").type.element_count, LibclangError);
    assert.equal(find(unit, "plain").type.get_array_size(), -1);
  });

  test("equals the same type elsewhere", () => {
    const unit = parsed("int a; int b; void *v;");
    const [a, b, v] = ["a", "b", "v"].map((name) => find(unit, name).type);
    assert.ok(a?.equals(b as never) && !a.equals(v as never));
  });

  test("is spelled as C spells it", () => {
    const unit = parsed("int *p; struct s { int a; } x; const char *t[2]; void (*f)(int);");
    const spellings = ["p", "x", "t", "f"].map((name) => find(unit, name).type.spelling);
    assert.deepEqual(spellings, ["int *", "struct s", "const char *[2]", "void (*)(int)"]);
  });

  test("of functions knows parameters, result and whether there may be more", () => {
    const unit = parsed("void f(int, int); void bar(int a, ...); int x;");
    assert.deepEqual(
      find(unit, "f")
        .type.argument_types()
        .map((type) => type.kind),
      [TypeKind.INT, TypeKind.INT],
    );
    assert.equal(find(unit, "f").type.get_result().kind, TypeKind.VOID);
    assert.deepEqual(
      [find(unit, "f").type.is_function_variadic(), find(unit, "bar").type.is_function_variadic()],
      [false, true],
    );
    assert.throws(() => find(unit, "x").type.argument_types(), LibclangError);
    assert.throws(() => find(unit, "x").type.is_function_variadic(), LibclangError);
  });

  test("is plain old data or not", () => {
    const unit = parsed("int i; void f();");
    assert.deepEqual([find(unit, "i").type.is_pod(), find(unit, "f").type.is_pod()], [true, false]);
  });

  test("has qualifiers", () => {
    const unit = parsed("volatile int i = 4; int j = 2; struct s { void * restrict i; void *j; };");
    assert.deepEqual(
      findAll(unit, "i").map((cursor) => cursor.type.is_volatile_qualified()),
      [true, false],
    );
    assert.deepEqual(
      findAll(unit, "i").map((cursor) => cursor.type.is_restrict_qualified()),
      [false, true],
    );
  });

  test("has an address space", () => {
    assert.equal(
      find(parsed("__attribute__((address_space(2))) int testInt = 3;"), "testInt").type.get_address_space(),
      2,
    );
  });

  test("has a layout: size, alignment, offsets", () => {
    for (const [target, align, size] of [
      ["x86_64-linux-gnu", 8, 16],
      ["i386-linux-gnu", 4, 16],
      ["s390x-linux-gnu", 8, 16],
    ] as const) {
      const unit = parsed("struct a { char a1; int a2; long long a3; };", "c", [`--target=${target}`]);
      const { type } = find(unit, "a", CursorKind.STRUCT_DECL);
      assert.deepEqual([type.get_align(), type.get_size()], [align, size], target);
      const offsets = ["a1", "a2", "a3"].map((name) => type.get_offset(name));
      assert.deepEqual(offsets, [0, 32, 64], target);
    }
  });

  test("without a layout says so by a negative number", () => {
    const unit = parsed("struct incomplete; struct s { int a; };");
    assert.ok(find(unit, "incomplete").type.get_size() < 0);
    assert.ok(find(unit, "s").type.get_offset("nowhere") < 0);
  });

  test("lists the members of a record", () => {
    const unit = parsed("struct s { int a; union { int b; float c; }; int d; };");
    const fields = find(unit, "s").type.get_fields();
    assert.deepEqual([fields[0]?.spelling, fields.at(-1)?.spelling], ["a", "d"]);
    assert.equal(fields.length, 3);
  });

  test("decays as a parameter", () => {
    const foo = find(parsed("void foo(int a[]);"), "foo");
    const [a] = foo.type.argument_types();
    assert.equal(a?.kind, TypeKind.INCOMPLETEARRAY);
    assert.equal(a?.element_type.kind, TypeKind.INT);
    assert.equal(a?.get_canonical().kind, TypeKind.INCOMPLETEARRAY);
  });

  test("of templates has arguments", () => {
    const unit = parsed(
      "class Foo {}; template <typename T> class Template {}; Template<Foo> instance; int bar;",
      "cpp",
    );
    const { type } = find(unit, "instance");
    assert.equal(type.get_num_template_arguments(), 1);
    assert.equal(type.get_template_argument_type(0).spelling, "Foo");
    assert.equal(find(unit, "bar").type.get_num_template_arguments(), -1);
  });

  test("of member pointers, references and elaborated names", () => {
    const unit = parsed("struct S { int m(); int n() &; int o() &&; }; int S::*member; struct S elaborated;", "cpp");
    assert.equal(find(unit, "member").type.get_class_type().spelling, "S");
    const { NONE, LVALUE, RVALUE } = RefQualifierKind;
    assert.deepEqual(
      ["m", "n", "o"].map((name) => find(unit, name).type.get_ref_qualifier()),
      [NONE, LVALUE, RVALUE],
    );
    const { type } = find(unit, "elaborated");
    assert.equal(type.kind, TypeKind.ELABORATED);
    assert.equal(type.get_named_type().kind, TypeKind.RECORD);
  });
});
