/** The same sources seen by Python's cindex and by ours: every cursor, type, place, token, diagnostic and inclusion. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import * as libclang from "ctypes-libclang";
import { Config, type Cursor, Index } from "ctypes-libclang";
import { skip as skipAll, temporaryFolder } from "./support.ts";

const python = "/usr/bin/python3"; // Debian's own, which python3-clang-14 is for
const skip =
  skipAll ||
  (spawnSync(python, ["-c", "import clang.cindex"]).status === 0 ? false : "python3-clang-14 is not installed");

const CLASSES = [
  ...["Index", "TranslationUnit", "FileInclusion", "Cursor", "Type", "Token", "Diagnostic", "FixIt", "File"],
  ...["SourceLocation", "SourceRange", "CodeCompletionResults", "CompletionString", "CompletionChunk"],
  ...["CompilationDatabase", "CompileCommands", "CompileCommand", "Config"],
];

const cpp = `
#include <stddef.h>
#define TWICE(x) ((x) + (x))
/// A point.
template <typename T, int N = 3> struct Point { T at[N]; virtual ~Point(); unsigned bits : 3, more : 5; static const int s = 1; };
namespace { enum class Color : unsigned char { RED = 1, BLUE }; }
template <> struct Point<int, 2> { int x, y; union { float f; long l; }; };
typedef int (*Callback)(const char *, void *, ...);
int f(Callback c, Point<int, 2> p = {}) noexcept { auto g = [=](int x) { return TWICE(x) + p.x; }; for (int i = 0; i < 3; i++) if (g(i)) return c("", nullptr, i); return unknown; }
class Derived final : public Point<double> { mutable int m; friend class Other; public: explicit Derived(int) : m(1) {} operator bool() const { return m > 0; } };
`;

const HEADERS = [
  ...["zlib.h", "sqlite3.h", "stdio.h", "pthread.h", "netdb.h", "elf.h"],
  ...["linux/if_tun.h", "linux/bpf.h", "linux/input.h", "linux/videodev2.h"],
];

describe("cindex and libclang see the same", { skip }, () => {
  const folder = temporaryFolder();
  const own = join(folder, "own.cpp");
  writeFileSync(own, cpp);
  const unnamed = join(folder, "unnamed.c");
  writeFileSync(
    unnamed,
    "struct ev { int type; union { int key; float axis; }; union { long stamp; }; struct { int a; } named, *to, at[2]; enum { X } e; };",
  );
  for (const [source, ...args] of [
    [own, "-std=c++17", "-Wall"],
    [unnamed],
    ...HEADERS.map((header) => [`/usr/include/${header}`] as const),
  ] as const) {
    test(source.replace(/.*\//, ""), () => {
      const printed = spawnSync(python, [join(import.meta.dirname, "cindex.py"), fileOfLibrary(), source, ...args], {
        encoding: "utf8",
        maxBuffer: 2 ** 28,
      });
      assert.equal(printed.status, 0, printed.stderr);
      const theirs = printed.stdout.trimEnd().split("\n");
      const ours = linesOf(source, args);
      const different = theirs.findIndex((line, i) => line !== ours[i]);
      assert.equal(ours[different], theirs[different]);
      assert.equal(ours.length, theirs.length);
      assert.ok(ours.length > 100);
    });
  }
});

test("each of the 169 functions that cindex binds is bound, and each public member of its classes is there", {
  skip,
}, () => {
  const source = `
import clang.cindex as c, json
members = {name: [m for m in vars(getattr(c, name)) if m[0].islower()] for name in ${JSON.stringify(CLASSES)}}
print(json.dumps([sorted({f[0] for f in c.functionList}), members]))`;
  const printed = spawnSync(python, ["-c", source], { encoding: "utf8" });
  assert.equal(printed.status, 0, printed.stderr);
  const [names, members] = JSON.parse(printed.stdout) as [string[], Record<string, string[]>];
  assert.equal(names.length, 169);
  assert.deepEqual(
    names.filter((name) => !(name in libclang.functions())),
    [],
  );
  // What ctypes itself asks of a Python class, and members of C's structures.
  const inner =
    /^(from_\w*result|from_param|\w*data|translation_unit|compatibility_check|get_cindex_library|lib|library_\w+|set_compat\w+)$/;
  for (const [name, theirs] of Object.entries(members)) {
    const own = (libclang as unknown as Record<string, { readonly prototype?: object }>)[name] as object;
    const { prototype = {} } = own as { readonly prototype?: object };
    const missing = theirs.filter((member) => !inner.test(member) && !(member in own) && !(member in prototype));
    assert.deepEqual(missing, [], name);
  }
});

/** cindex wants a path, as the loader finds it. */
function fileOfLibrary(): string {
  return Config.get_filename();
}

/** All else that cindex has of a cursor and its type. */
function attributesOf(cursor: Cursor): unknown[] {
  const isDeclaration = cursor.kind.is_declaration();
  const nameOf = (other: Cursor | null) => other?.displayname ?? "-";
  const ofType = (type: Cursor["type"]) =>
    type.kind.name === "INVALID"
      ? []
      : [
          ...TYPE_ATTRIBUTES.map((name) => type[name]()).map((value) =>
            typeof value === "boolean" ? Number(value) : value,
          ),
          ...[type.get_named_type(), type.get_result(), type.get_class_type()].map((other) => other.spelling),
          ...[
            type.get_array_element_type().spelling,
            type.get_declaration().displayname,
            type.get_ref_qualifier().name,
          ],
        ];
  return [
    ...PREDICATES.map((name) => (isDeclaration ? Number(cursor[name]()) : "-")),
    ...[
      cursor.canonical.get_usr(),
      ["FUNCTION_DECL", "VAR_DECL"].includes(cursor.kind.name) ? cursor.mangled_name : "-",
      cursor.brief_comment ?? "None",
    ],
    ...[
      cursor.get_bitfield_width(),
      cursor.availability.name,
      cursor.access_specifier.name,
      isDeclaration ? cursor.tls_kind.name : "-",
    ],
    Number(cursor.hash === cursor.canonical.hash),
    ...[cursor.lexical_parent, cursor.semantic_parent, cursor.get_definition(), cursor.referenced].map(nameOf),
    isDeclaration ? cursor.underlying_typedef_type.spelling : "-",
    cursor.kind.name === "ENUM_DECL" ? cursor.enum_type.spelling : "-",
    cursor.kind.name === "ENUM_CONSTANT_DECL" ? cursor.enum_value : "-",
    ...ofType(cursor.type),
    ...ofType(cursor.type.get_pointee()),
  ];
}

const PREDICATES = [
  "is_const_method",
  "is_converting_constructor",
  "is_copy_constructor",
  "is_default_constructor",
  "is_default_method",
  "is_move_constructor",
  "is_mutable_field",
  "is_pure_virtual_method",
  "is_scoped_enum",
  "is_static_method",
  "is_virtual_method",
  "is_abstract_record",
] as const;
const TYPE_ATTRIBUTES = [
  "is_const_qualified",
  "is_volatile_qualified",
  "is_restrict_qualified",
  "is_pod",
  "get_address_space",
  "get_typedef_name",
  "get_array_size",
  "get_num_template_arguments",
] as const;

function linesOf(source: string, args: readonly string[]): string[] {
  const unit = Index.create().parse(source, args, [], 1);
  const lines: string[] = [];
  const show = (cursor: Cursor, depth: number): void => {
    const { location, type } = cursor;
    lines.push(
      [
        " ".repeat(depth) + cursor.kind.name,
        cursor.spelling,
        cursor.displayname,
        cursor.get_usr(),
        type.kind.name,
        type.spelling,
        type.get_size(),
        type.get_align(),
        type.get_canonical().spelling,
        location.file?.name ?? "-",
        location.line,
        location.column,
        location.offset,
        cursor.extent.end.offset,
        Number(cursor.is_definition()),
        Number(cursor.is_bitfield()),
        cursor.get_field_offsetof(),
        cursor.linkage.name,
        Number(cursor.is_anonymous()),
        // libclang reads past what a macro has.
        cursor.kind.is_declaration() ? cursor.storage_class.name : "-",
        Number(cursor.raw_comment !== null),
        cursor.result_type.spelling,
        cursor.get_arguments().length,
        ...attributesOf(cursor),
      ].join("|"),
    );
    for (const child of cursor.get_children()) show(child, depth + 1);
  };
  show(unit.cursor, 0);
  const tokens = unit.cursor.get_tokens().map((token) => token.spelling);
  const text = [
    ...lines,
    ...unit.diagnostics.map(String),
    tokens.join(" "),
    ...unit
      .get_includes()
      .map((inclusion) => `${inclusion.depth} ${inclusion.include.name} ${inclusion.location.line}`),
  ];
  return text.join("\n").trimEnd().split("\n");
}
