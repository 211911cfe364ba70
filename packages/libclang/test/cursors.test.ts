/** Cursors: what stands in a source, and what it is. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  AccessSpecifier,
  AvailabilityKind,
  CursorKind,
  ExceptionSpecificationKind,
  LibclangError,
  LinkageKind,
  StorageClass,
  TemplateArgumentKind,
  TLSKind,
  TypeKind,
} from "ctypes-libclang";
import { find, findAll, parsed, skip } from "./support.ts";

const methods = `
  class X { public:
    X(); X(const X &); X(X &&); explicit X(int); X(double);
    virtual int v(); virtual int pure() = 0; static int s(); int c() const; ~X() = default;
    mutable int m; int n;
  protected: int p;
  private: int q;
  };
  enum class Scoped { A }; enum Plain { B };
  namespace space { int f(); } int space::f() { return 1; }
`;

describe("a cursor", { skip }, () => {
  test("has children in the order of the source", () => {
    const unit = parsed(
      "struct s0 { int a; int b; };\nstruct s1;\nvoid f0(int a0, int a1) { int l0, l1; if (a0) return; }",
    );
    const [s0, s1, f0] = unit.cursor.get_children();
    assert.deepEqual([s0?.spelling, s1?.spelling, f0?.spelling], ["s0", "s1", "f0"]);
    assert.deepEqual(
      s0?.get_children().map((child) => [child.kind, child.spelling]),
      [
        [CursorKind.FIELD_DECL, "a"],
        [CursorKind.FIELD_DECL, "b"],
      ],
    );
    assert.deepEqual([s0?.is_definition(), s1?.is_definition()], [true, false]);
    assert.equal(f0?.displayname, "f0(int, int)");
    assert.deepEqual(
      f0?.get_children().map((child) => child.kind.name),
      ["PARM_DECL", "PARM_DECL", "COMPOUND_STMT"],
    );
  });

  test("outlives whatever it came from", () => {
    const cursor = parsed("int x;").cursor;
    globalThis.gc?.();
    const [x] = cursor.get_children();
    globalThis.gc?.();
    assert.equal(x?.spelling, "x");
    assert.equal(x?.translation_unit, cursor.translation_unit);
  });

  test("is walked parents first, itself at the beginning", () => {
    const unit = parsed("struct s { struct { int a; } inner; int b; };");
    const spellings = [...find(unit, "s").walk_preorder()]
      .map((cursor) => cursor.spelling)
      .filter((name) => /^[a-z]+$/.test(name));
    assert.equal(spellings[0], "s");
    assert.ok(spellings.indexOf("a") < spellings.indexOf("b"));
  });

  test("equals another of the same thing, and has its hash", () => {
    const unit = parsed("int a; int b;");
    const [one, two] = [find(unit, "a"), find(unit, "a")];
    assert.ok(one.equals(two) && !one.equals(find(unit, "b")));
    assert.equal(one.hash, two.hash);
  });

  test("has one canonical cursor for all declarations of a thing", () => {
    const declarations = findAll(parsed("struct X; struct X; struct X { int a; };"), "X");
    assert.equal(declarations.length, 3);
    assert.ok(declarations[1]?.canonical.equals(declarations[2]?.canonical as never));
    assert.ok(declarations[0]?.get_definition()?.equals(declarations[2] as never));
  });

  test("of a use knows what is used", () => {
    const unit = parsed("int x; int f(void) { return x; }");
    const use = findAll(unit, "x").find((cursor) => cursor.kind === CursorKind.DECL_REF_EXPR);
    assert.ok(use?.referenced?.equals(find(unit, "x")));
    assert.equal(unit.cursor.referenced, null);
  });

  test("has parents: by meaning and by place", () => {
    const unit = parsed(methods, "cpp");
    const [declared, defined] = findAll(unit, "f");
    assert.equal(defined?.semantic_parent?.spelling, "space");
    assert.ok(defined?.lexical_parent?.equals(unit.cursor));
    assert.ok(declared?.lexical_parent?.equals(declared.semantic_parent as never));
  });

  test("knows the kinds of constructors", () => {
    const constructors = findAll(parsed(methods, "cpp"), "X").filter(
      (cursor) => cursor.kind === CursorKind.CONSTRUCTOR,
    );
    const kinds = constructors.map((c) =>
      [c.is_default_constructor(), c.is_copy_constructor(), c.is_move_constructor(), c.is_converting_constructor()]
        .map(Number)
        .join(""),
    );
    assert.deepEqual(kinds, ["1000", "0101", "0011", "0000", "0001"]);
  });

  test("knows the kinds of methods and members", () => {
    const unit = parsed(methods, "cpp");
    const all = ["v", "pure", "s", "c", "m", "n"].map((name) => find(unit, name));
    const which = (is: (cursor: (typeof all)[number]) => boolean) => all.filter(is).map((cursor) => cursor.spelling);
    assert.deepEqual(
      which((c) => c.is_virtual_method()),
      ["v", "pure"],
    );
    assert.deepEqual(
      which((c) => c.is_pure_virtual_method()),
      ["pure"],
    );
    assert.deepEqual(
      which((c) => c.is_static_method()),
      ["s"],
    );
    assert.deepEqual(
      which((c) => c.is_const_method()),
      ["c"],
    );
    assert.deepEqual(
      which((c) => c.is_mutable_field()),
      ["m"],
    );
    assert.equal(find(unit, "~X").is_default_method(), true);
    assert.equal(find(unit, "X").is_abstract_record(), true);
    assert.deepEqual([find(unit, "Scoped").is_scoped_enum(), find(unit, "Plain").is_scoped_enum()], [true, false]);
  });

  test("knows who may use it", () => {
    const unit = parsed(methods, "cpp");
    const access = ["n", "p", "q"].map((name) => find(unit, name).access_specifier);
    assert.deepEqual(access, [AccessSpecifier.PUBLIC, AccessSpecifier.PROTECTED, AccessSpecifier.PRIVATE]);
    assert.equal(find(unit, "space").access_specifier, AccessSpecifier.INVALID);
  });

  test("of a typedef knows what it stands for, and others refuse", () => {
    const unit = parsed("typedef int foo; int x;");
    assert.equal(find(unit, "foo").underlying_typedef_type.kind, TypeKind.INT);
    assert.throws(() => unit.cursor.underlying_typedef_type, LibclangError);
  });

  test("of an enumeration knows the integer type", () => {
    assert.equal(find(parsed("enum TEST { FOO=1, BAR=2 };"), "TEST").enum_type.kind, TypeKind.UINT);
    const unit = parsed("enum TEST : long long { FOO=1 }; enum B : unsigned char { C };", "cpp");
    assert.equal(find(unit, "TEST").enum_type.kind, TypeKind.LONGLONG);
    assert.equal(find(unit, "B").enum_type.kind, TypeKind.UCHAR);
    assert.throws(() => find(unit, "FOO").enum_type, LibclangError);
  });

  test("of an enumerator knows the value, also of 64 bits", () => {
    const unit = parsed("enum TEST { SPAM=1, EGG, HAM = EGG * 20, NEG = -5 };");
    const values = (name: string) => find(unit, name).enum_value;
    assert.deepEqual(["SPAM", "EGG", "HAM", "NEG"].map(values), [1, 2, 40, -5]);
    const wide = parsed("enum TEST : unsigned long long { HAM = 0x10000000000ULL, ALL = ~0ULL };", "cpp");
    assert.equal(find(wide, "HAM").enum_value, 0x10000000000);
    assert.equal(find(wide, "ALL").enum_value, 2n ** 64n - 1n);
    assert.throws(() => find(unit, "TEST").enum_value, LibclangError);
  });

  test("has the type of its result", () => {
    assert.equal(find(parsed("int foo();"), "foo").result_type.kind, TypeKind.INT);
    const objc = parsed("@interface Interface\n-(void)voidMethod;\n@end", "objc");
    assert.equal(find(objc, "voidMethod").result_type.kind, TypeKind.VOID);
  });

  test("of Objective-C has its encoding", () => {
    assert.equal(find(parsed("int aaa;", "objc"), "aaa").objc_type_encoding, "i");
  });

  test("may be an attribute", () => {
    for (const source of [
      'int foo (void) __attribute__ ((annotate("here be annotation attribute")));',
      'struct s { int x; } __attribute__ ((annotate("here be annotation attribute")));',
    ]) {
      const found = find(parsed(source), "here be annotation attribute");
      assert.equal(found.kind, CursorKind.ANNOTATE_ATTR);
    }
    const template = parsed('template<typename T> void func(T) __attribute__((annotate("annotation")));', "cpp");
    assert.equal(find(template, "annotation").displayname, "annotation");
  });

  test("has a storage class, a linkage, and a way of being thread-local", () => {
    const unit = parsed(
      "extern int e; static int s; int n; _Thread_local int t; void f(void) { register int r; int l; }",
    );
    const storage = ["e", "s", "n", "r"].map((name) => find(unit, name).storage_class);
    assert.deepEqual(storage, [StorageClass.EXTERN, StorageClass.STATIC, StorageClass.NONE, StorageClass.REGISTER]);
    const linkage = ["n", "s", "l"].map((name) => find(unit, name).linkage);
    assert.deepEqual(linkage, [LinkageKind.EXTERNAL, LinkageKind.INTERNAL, LinkageKind.NO_LINKAGE]);
    assert.deepEqual([find(unit, "n").tls_kind, find(unit, "t").tls_kind], [TLSKind.NONE, TLSKind.STATIC]);
    const unnamed = parsed("namespace { struct hidden {}; } hidden object();", "cpp");
    assert.equal(find(unnamed, "object").linkage, LinkageKind.UNIQUE_EXTERNAL);
  });

  test("is available, deprecated, or not", () => {
    const unit = parsed("class A { A(A const&) = delete; }; typedef int foo __attribute__((deprecated));", "cpp");
    const copy = findAll(unit, "A").find((cursor) => cursor.kind === CursorKind.CONSTRUCTOR);
    assert.equal(copy?.availability, AvailabilityKind.NOT_AVAILABLE);
    assert.equal(find(unit, "foo").availability, AvailabilityKind.DEPRECATED);
    assert.equal(find(unit, "A").availability, AvailabilityKind.AVAILABLE);
  });

  test("says what a function may throw", () => {
    const unit = parsed("int a(); int b() noexcept; int c() throw(); int d() throw(int);", "cpp");
    const kinds = ["a", "b", "c", "d"].map((name) => find(unit, name).exception_specification_kind);
    const { NONE, BASIC_NOEXCEPT, DYNAMIC_NONE, DYNAMIC } = ExceptionSpecificationKind;
    assert.deepEqual(kinds, [NONE, BASIC_NOEXCEPT, DYNAMIC_NONE, DYNAMIC]);
    assert.equal(find(unit, "b").type.get_exception_specification_kind(), BASIC_NOEXCEPT);
    assert.equal(unit.cursor.exception_specification_kind, null);
  });

  test("has its tokens, each with its cursor", () => {
    const foo = find(parsed("int foo(int i);"), "foo");
    assert.deepEqual(
      foo.get_tokens().map((token) => token.spelling),
      ["int", "foo", "(", "int", "i", ")"],
    );
    const [, name, , , parameter] = foo.get_tokens();
    assert.ok(name?.cursor.equals(foo));
    assert.equal(parameter?.cursor.kind, CursorKind.PARM_DECL);
  });

  test("of a function has its parameters", () => {
    const unit = parsed("void foo(int i, int j); int x;");
    assert.deepEqual(
      find(unit, "foo")
        .get_arguments()
        .map((cursor) => cursor.spelling),
      ["i", "j"],
    );
    assert.deepEqual(find(unit, "x").get_arguments(), []);
  });

  test("of a specialisation has its template arguments", () => {
    const source = "template <int kInt, typename T, bool kBool> void foo(); template<> void foo<-7, float, true>();";
    const foo = findAll(parsed(source, "cpp"), "foo")[1];
    assert.ok(foo);
    assert.equal(foo.get_num_template_arguments(), 3);
    const { INTEGRAL, TYPE } = TemplateArgumentKind;
    assert.deepEqual(
      [0, 1, 2].map((i) => foo.get_template_argument_kind(i)),
      [INTEGRAL, TYPE, INTEGRAL],
    );
    assert.equal(foo.get_template_argument_type(1).kind, TypeKind.FLOAT);
    assert.deepEqual([foo.get_template_argument_value(0), foo.get_template_argument_value(2)], [-7n, 1n]);
    assert.deepEqual(
      [foo.get_template_argument_unsigned_value(0), foo.get_template_argument_unsigned_value(2)],
      [2n ** 32n - 7n, 1n],
    );
    assert.equal(foo.specialized_template?.kind, CursorKind.FUNCTION_TEMPLATE);
    assert.equal(foo.specialized_template?.template_kind, CursorKind.FUNCTION_DECL);
  });

  test("has a mangled name and one for all units", () => {
    const foo = find(parsed("int foo(int, int);", "cpp", ["--target=x86_64-linux-gnu"]), "foo");
    assert.equal(foo.mangled_name, "_Z3fooii");
    assert.equal(foo.get_usr(), "c:@F@foo#I#I#");
  });

  test("has comments, as they stand and in brief", () => {
    const unit = parsed("/// Aaa.\nint test1;\n\n/// Bbb.\n/// x\nvoid test2(void);\n\nvoid f(void);");
    assert.deepEqual([find(unit, "test1").raw_comment, find(unit, "test1").brief_comment], ["/// Aaa.", "Aaa."]);
    assert.deepEqual(
      [find(unit, "test2").raw_comment, find(unit, "test2").brief_comment],
      ["/// Bbb.\n/// x", "Bbb. x"],
    );
    assert.deepEqual([find(unit, "f").raw_comment, find(unit, "f").brief_comment], [null, null]);
  });

  test("of a member knows bits, offset and whether it is anonymous", () => {
    const unit = parsed("struct s { int a : 3; unsigned b : 5; int c; union { int d; float e; }; };");
    const [a, b, c] = ["a", "b", "c"].map((name) => find(unit, name));
    assert.deepEqual([a?.is_bitfield(), a?.get_bitfield_width(), b?.get_field_offsetof()], [true, 3, 3]);
    assert.deepEqual([c?.is_bitfield(), c?.get_bitfield_width(), c?.get_field_offsetof()], [false, -1, 32]);
    const union = [...unit.cursor.walk_preorder()].find((cursor) => cursor.kind === CursorKind.UNION_DECL);
    assert.deepEqual([union?.is_anonymous(), union?.is_anonymous_record_decl()], [true, true]);
  });

  test("of a constant expression has the value", () => {
    const unit = parsed(
      'const int i = 6 * 7; const double d = 1.0 / 4; const char *t = "text"; const unsigned long long u = ~0ULL; int n();',
    );
    assert.deepEqual(
      ["i", "d", "t", "u"].map((name) => find(unit, name).evaluate()),
      [42n, 0.25, "text", 2n ** 64n - 1n],
    );
    assert.equal(find(unit, "n").evaluate(), null);
  });

  test("of overloads lists them", () => {
    const unit = parsed("namespace N { void f(int); void f(char); } using N::f;", "cpp");
    const overloaded = [...unit.cursor.walk_preorder()].find(
      (cursor) => cursor.kind === CursorKind.OVERLOADED_DECL_REF,
    );
    assert.deepEqual(
      overloaded
        ?.get_overloaded_decls()
        .map((cursor) => cursor.displayname)
        .sort(),
      ["f(char)", "f(int)"],
    );
  });

  test("of macros is there when asked for, and says which take arguments", () => {
    const unit = parsed("#define A 1\n#define F(x) (x)\nint y = A;", "c", [], 1);
    const kinds = [find(unit, "A"), find(unit, "F")].map((cursor) => [
      cursor.kind.name,
      cursor.is_macro_function_like(),
    ]);
    assert.deepEqual(kinds, [
      ["MACRO_DEFINITION", false],
      ["MACRO_DEFINITION", true],
    ]);
    assert.ok([...unit.cursor.walk_preorder()].some((cursor) => cursor.kind === CursorKind.MACRO_INSTANTIATION));
    assert.equal(find(unit, "A").is_macro_builtin(), false);
  });
});

describe("kinds of cursors", { skip }, () => {
  test("are the same objects everywhere, with name and number", () => {
    assert.equal(CursorKind.from_id(8), CursorKind.FUNCTION_DECL);
    assert.equal(CursorKind.UNEXPOSED_DECL.name, "UNEXPOSED_DECL");
    assert.ok(CursorKind.get_all_kinds().includes(CursorKind.CLASS_DECL) && CursorKind.get_all_kinds().length > 200);
    assert.throws(() => CursorKind.from_id(9999), RangeError);
  });

  test("come in groups", () => {
    assert.ok(CursorKind.UNEXPOSED_DECL.is_declaration());
    assert.ok(CursorKind.TYPE_REF.is_reference());
    assert.ok(CursorKind.DECL_REF_EXPR.is_expression());
    assert.ok(CursorKind.UNEXPOSED_STMT.is_statement());
    assert.ok(CursorKind.INVALID_FILE.is_invalid());
    assert.ok(CursorKind.TRANSLATION_UNIT.is_translation_unit());
    assert.ok(CursorKind.IB_ACTION_ATTR.is_attribute());
    assert.ok(CursorKind.MACRO_DEFINITION.is_preprocessing());
    assert.ok(CursorKind.UNEXPOSED_EXPR.is_unexposed());
    assert.ok(!CursorKind.TYPE_REF.is_declaration());
  });

  test("of types have libclang's own spelling", () => {
    assert.equal(TypeKind.INT.spelling, "Int");
    assert.equal(TypeKind.POINTER.spelling, "Pointer");
  });
});
