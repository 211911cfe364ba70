/** Translation units and what belongs to them: places, tokens, diagnostics, completion, compilation databases. */
import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import {
  AvailabilityKind,
  CompilationDatabase,
  CompilationDatabaseError,
  Config,
  CursorKind,
  clang_version,
  Diagnostic,
  File,
  functions,
  Index,
  LibclangError,
  SourceLocation,
  SourceRange,
  TokenKind,
  TranslationUnit,
  TranslationUnitLoadError,
  TranslationUnitSaveError,
} from "ctypes-libclang";
import { find, parsed, skip, temporaryFolder } from "./support.ts";

describe("a translation unit", { skip }, () => {
  let folder: string;
  let hello: string;
  before(() => {
    folder = temporaryFolder();
    hello = join(folder, "hello.cpp");
    writeFileSync(join(folder, "a.h"), "int a;\n");
    writeFileSync(join(folder, "b.h"), '#include "a.h"\nint b;\n');
    writeFileSync(hello, '#include "b.h"\nint hello();\n');
  });

  test("is parsed from a file, and has its name", () => {
    const unit = Index.create().parse(hello);
    assert.equal(unit.spelling, hello);
    assert.equal(unit.cursor.spelling, hello);
    assert.equal(unit.cursor.kind, CursorKind.TRANSLATION_UNIT);
    assert.deepEqual(unit.diagnostics, []);
  });

  test("is parsed with arguments, which may name the file", () => {
    const unit = TranslationUnit.from_source(null, ["-DDECL_ONE=1", "-DDECL_TWO=2", hello]);
    assert.equal(unit.spelling, hello);
    const decls = TranslationUnit.from_source("t.c", ["-DDECL_ONE=hi", "-Dhi=int"], [["t.c", "DECL_ONE x;"]]);
    assert.equal(find(decls, "x").type.spelling, "int");
  });

  test("is parsed from text that is no file", () => {
    const unit = TranslationUnit.from_source(
      "fake.c",
      ["-I./"],
      [
        ["fake.c", '#include "fake.h"\nint x;\nint SOME_DEFINE;\n'],
        ["./fake.h", "#define SOME_DEFINE y\n"],
      ],
    );
    assert.deepEqual(
      unit.cursor.get_children().map((cursor) => cursor.spelling),
      ["x", "y"],
    );
  });

  test("is parsed again when a text changed", () => {
    const unit = parsed("int a;");
    unit.reparse([["t.c", "int b;\nint c;"]]);
    assert.deepEqual(
      unit.cursor.get_children().map((cursor) => cursor.spelling),
      ["b", "c"],
    );
  });

  test("lists its inclusions with place and depth", () => {
    const includes = Index.create().parse(hello).get_includes();
    const shown = includes.map((inclusion) => [
      inclusion.depth,
      inclusion.source?.name,
      inclusion.include.name,
      inclusion.location.line,
    ]);
    assert.deepEqual(shown, [
      [1, hello, join(folder, "b.h"), 1],
      [2, join(folder, "b.h"), join(folder, "a.h"), 1],
    ]);
    assert.ok(includes.every((inclusion) => !inclusion.is_input_file));
  });

  test("has inclusions as cursors when asked for them", () => {
    const unit = Index.create().parse(hello, [], [], TranslationUnit.PARSE_DETAILED_PROCESSING_RECORD);
    const directives = [...unit.cursor.walk_preorder()].filter(
      (cursor) => cursor.kind === CursorKind.INCLUSION_DIRECTIVE,
    );
    assert.deepEqual(
      directives.map((cursor) => cursor.get_included_file()?.name),
      [join(folder, "b.h"), join(folder, "a.h")],
    );
    assert.equal(unit.cursor.get_included_file(), null);
  });

  test("is saved, and read again", () => {
    const path = join(folder, "hello.ast");
    Index.create().parse(hello).save(path);
    assert.ok(existsSync(path));
    const again = TranslationUnit.from_ast_file(path);
    assert.ok(again.cursor.get_children().some((cursor) => cursor.spelling === "hello"));
    assert.equal(Index.create().read(path).diagnostics.length, 0);
  });

  test("that has errors, or nowhere to go, is not saved", () => {
    const save = (unit: TranslationUnit, path: string) => () => unit.save(path);
    const { ERROR_UNKNOWN } = TranslationUnitSaveError;
    assert.throws(save(parsed("int x;"), "/no/such/folder/unit.ast"), (error: unknown) => {
      assert.ok(error instanceof TranslationUnitSaveError);
      assert.equal(error.save_error, ERROR_UNKNOWN);
      return true;
    });
  });

  test("that cannot be made is an error", () => {
    assert.throws(() => TranslationUnit.from_source("/no/such/file.c"), TranslationUnitLoadError);
    assert.throws(() => TranslationUnit.from_ast_file("/no/such/file.ast"), TranslationUnitLoadError);
  });

  test("knows its files", () => {
    const unit = Index.create().parse(hello);
    const file = unit.get_file(hello);
    assert.equal(String(file), hello);
    assert.ok(file.time > 1e9);
    assert.equal(file.is_include_guarded, false);
    assert.throws(() => unit.get_file("foobar.cpp"), RangeError);
    assert.equal(File.from_name(unit, join(folder, "a.h")).name, join(folder, "a.h"));
  });

  test("is disposed of once, and refuses from then on", () => {
    const unit = parsed("int x;");
    unit.dispose();
    unit.dispose();
    assert.throws(
      () => unit.cursor,
      (error: unknown) => error instanceof LibclangError && /was disposed of/.test(error.message),
    );
  });
});

describe("places", { skip }, () => {
  const source = "int one;\nint two;\n\nvoid f(int x);";

  test("are lines, columns and offsets of a file", () => {
    const unit = parsed(source);
    const { location } = find(unit, "two");
    assert.deepEqual([location.line, location.column, location.offset, location.file?.name], [2, 5, 13, "t.c"]);
    assert.equal(String(location), "t.c:2:5");
    assert.equal(location.is_in_system_header, false);
    assert.equal(unit.cursor.location.file, null);
  });

  test("are made from position and offset", () => {
    const unit = parsed(source);
    const file = unit.get_file("t.c");
    const two = SourceLocation.from_position(unit, file, 2, 5);
    assert.ok(two.equals(SourceLocation.from_offset(unit, file, 13)));
    assert.ok(two.equals(unit.get_location("t.c", [2, 5])) && two.equals(unit.get_location("t.c", 13)));
    assert.ok(!two.equals(unit.get_location("t.c", 0)));
    assert.equal((two.file && unit) === unit, true);
  });

  test("make ranges, which contain places", () => {
    const unit = parsed(source);
    const extent = unit.get_extent("t.c", [
      [1, 1],
      [2, 5],
    ]);
    assert.deepEqual([extent.start.line, extent.end.offset], [1, 13]);
    assert.ok(extent.equals(unit.get_extent("t.c", [0, 13])));
    assert.ok(extent.contains(unit.get_location("t.c", 5)) && extent.contains(unit.get_location("t.c", 13)));
    assert.ok(!extent.contains(unit.get_location("t.c", 14)));
    const whole = SourceRange.from_locations(extent.start, find(unit, "f").extent.end, unit);
    assert.equal(String(whole), "t.c:1:1 - t.c:4:14");
    assert.equal(find(unit, "f").extent.start.column, 1);
  });

  test("of the text at a place are cursors", () => {
    const unit = parsed(source);
    assert.equal(find(unit, "x").kind, CursorKind.PARM_DECL);
    const { Cursor } = {
      Cursor: unit.cursor.constructor as unknown as {
        from_location(u: object, l: object): { spelling: string } | null;
      },
    };
    assert.equal(Cursor.from_location(unit, unit.get_location("t.c", [4, 12]))?.spelling, "x");
  });
});

describe("tokens", { skip }, () => {
  test("have kind, spelling, place and extent", () => {
    const unit = parsed("int i = 5; // done");
    const tokens = unit.get_tokens(unit.get_extent("t.c", [0, 18]));
    assert.deepEqual(
      tokens.map((token) => [token.kind.name, token.spelling]),
      [
        ["KEYWORD", "int"],
        ["IDENTIFIER", "i"],
        ["PUNCTUATION", "="],
        ["LITERAL", "5"],
        ["PUNCTUATION", ";"],
        ["COMMENT", "// done"],
      ],
    );
    const [, i] = tokens;
    assert.deepEqual([i?.location.column, i?.extent.start.offset, i?.extent.end.offset], [5, 4, 5]);
    assert.equal(i?.kind, TokenKind.IDENTIFIER);
    assert.equal(i?.cursor.spelling, "i");
  });

  test("are copies: they outlive the list", () => {
    const tokens = parsed("int foo();").cursor.get_tokens();
    globalThis.gc?.();
    assert.equal(tokens.map((token) => token.spelling).join(" "), "int foo ( ) ;");
  });

  test("of kinds that are not there are refused", () => {
    assert.throws(() => TokenKind.from_id(-1), RangeError);
    assert.equal(TokenKind.from_id(3), TokenKind.LITERAL);
  });
});

describe("diagnostics", { skip }, () => {
  test("have severity, place, text, category and options", () => {
    const [warning] = parsed("int f0() {}\n", "c", ["-Wall"]).diagnostics;
    assert.equal(warning?.severity, Diagnostic.Warning);
    assert.deepEqual([warning?.location.line, warning?.location.column], [1, 11]);
    assert.match(warning?.spelling ?? "", /^non-void function does not return a value$/);
    assert.match(warning?.option ?? "", /^-Wreturn-type$/);
    assert.equal(warning?.disable_option, "-Wno-return-type");
    assert.match(String(warning), /^t\.c:1:11: warning: non-void function does not return a value \[-Wreturn-type\]$/);
    assert.match(warning?.format(0) ?? "", /^warning: non-void/);
  });

  test("have categories", () => {
    const [lexical] = parsed("int f(int i) { return i ## 1; }").diagnostics;
    assert.equal(lexical?.severity, Diagnostic.Error);
    assert.ok((lexical?.category_number ?? 0) > 0);
    assert.ok((lexical?.category_name ?? "").length > 0);
  });

  test("have ranges, and cures", () => {
    const [ranged] = parsed('void f() { int i = "a"; }').diagnostics;
    assert.deepEqual(
      ranged?.ranges.map((range) => [range.start.column, range.end.column]),
      [[20, 23]],
    );
    const [curable] = parsed("struct { int f0; } x = { f0 : 1 };").diagnostics;
    assert.equal(curable?.fixits[0]?.value, ".f0 = ");
    assert.deepEqual([curable?.fixits[0]?.range.start.column, curable?.fixits[0]?.range.end.column], [26, 30]);
  });

  test("have children", () => {
    const [outer] = parsed("void f(int x) {}\nvoid f(int x) {}\n").diagnostics;
    assert.equal(outer?.severity, Diagnostic.Error);
    assert.match(outer?.children[0]?.spelling ?? "", /^previous definition is here$/);
    assert.equal(outer?.children[0]?.severity, Diagnostic.Note);
    outer?.dispose();
    assert.throws(() => outer?.spelling, LibclangError);
  });
});

describe("completion", { skip }, () => {
  const source = "/// Aaa.\nint test1;\n\n/// Bbb.\nvoid test2(void);\n\nvoid f(void) {\n\n}\n";
  const options = TranslationUnit.PARSE_INCLUDE_BRIEF_COMMENTS_IN_CODE_COMPLETION;

  test("offers what could stand at a place, in chunks", () => {
    const unit = parsed(source, "c", [], options);
    const found = unit.codeComplete("t.c", 8, 1, [["t.c", source]], { include_brief_comments: true });
    const shown = found?.results.map(String) ?? [];
    const line = (name: string) => shown.find((text) => text.includes(`'${name}'`));
    assert.equal(
      line("test1"),
      "{'int', ResultType} || {'test1', TypedText} || Priority: 50 || Availability: Available || Brief comment: Aaa.",
    );
    assert.match(
      line("test2") ?? "",
      /^\{'void', ResultType\} \|\| \{'test2', TypedText\} \|\| \{'\(', LeftParen\} \|\| \{'\)', RightParen\} .* Brief comment: Bbb\.$/,
    );
    assert.deepEqual(found?.diagnostics, []);
  });

  test("knows what is not available, and the kind of each chunk", () => {
    const cpp =
      "class P { protected: int member; };\nclass Q : public P { public: using P::member; };\nvoid f(P x, Q y) {\n  x.;\n}\n";
    const unit = parsed(cpp, "cpp");
    const found = unit.codeComplete("t.cpp", 4, 5, [["t.cpp", cpp]]);
    const member = found?.results.find((result) => [...result.string].some((chunk) => chunk.spelling === "member"));
    assert.equal(member?.kind, CursorKind.FIELD_DECL);
    assert.notEqual(member?.string.availability, AvailabilityKind.AVAILABLE);
    const [type, name] = [...(member?.string ?? [])];
    assert.deepEqual(
      [type?.isKindResultType(), name?.isKindTypedText(), name?.isKindOptional(), name?.string],
      [true, true, false, null],
    );
    assert.throws(() => member?.string.at(99), RangeError);
    assert.ok((member?.string.priority ?? 0) > 0);
    found?.dispose();
    assert.throws(() => found?.results, LibclangError);
  });
});

describe("a compilation database", { skip }, () => {
  let folder: string;
  before(() => {
    folder = temporaryFolder();
    const command = (directory: string, words: string, file: string) => ({ directory, command: words, file });
    writeFileSync(
      join(folder, "compile_commands.json"),
      JSON.stringify([
        command(
          "/home/john.doe/MyProject",
          "clang++  -o project.o -c /home/john.doe/MyProject/project.cpp",
          "/home/john.doe/MyProject/project.cpp",
        ),
        command(
          "/home/john.doe/MyProjectA",
          "clang++  -o project2.o -c /home/john.doe/MyProject/project2.cpp",
          "/home/john.doe/MyProject/project2.cpp",
        ),
        command(
          "/home/john.doe/MyProjectB",
          "clang++  -DFEATURE=1 -o project2-feature.o -c /home/john.doe/MyProject/project2.cpp",
          "/home/john.doe/MyProject/project2.cpp",
        ),
      ]),
    );
  });

  test("that is not there is an error", () => {
    assert.throws(
      () => CompilationDatabase.fromDirectory("/no/such/folder"),
      (error: unknown) => {
        assert.ok(error instanceof CompilationDatabaseError);
        assert.equal(error.cdb_error, CompilationDatabaseError.ERROR_CANNOTLOADDATABASE);
        return true;
      },
    );
  });

  test("knows how a file is compiled", () => {
    const commands = CompilationDatabase.fromDirectory(folder).getCompileCommands(
      "/home/john.doe/MyProject/project.cpp",
    );
    assert.equal(commands?.length, 1);
    assert.equal(commands?.at(0).directory, "/home/john.doe/MyProject");
    assert.equal(commands?.at(0).filename, "/home/john.doe/MyProject/project.cpp");
    const words = commands?.at(0).arguments ?? [];
    assert.equal(words[0], "clang++");
    assert.ok(
      words.includes("-o") && words.includes("project.o") && words.includes("/home/john.doe/MyProject/project.cpp"),
    );
  });

  test("keeps several commands for a file in order", () => {
    const commands = CompilationDatabase.fromDirectory(folder).getCompileCommands(
      "/home/john.doe/MyProject/project2.cpp",
    );
    assert.deepEqual(
      [...(commands ?? [])].map((command) => command.directory),
      ["/home/john.doe/MyProjectA", "/home/john.doe/MyProjectB"],
    );
    assert.ok(commands?.at(1).arguments.includes("-DFEATURE=1"));
    assert.throws(() => commands?.at(2), RangeError);
  });

  test("lists all commands, which outlive it", () => {
    const all = CompilationDatabase.fromDirectory(folder).getAllCompileCommands();
    globalThis.gc?.();
    const [first] = all ?? [];
    globalThis.gc?.();
    assert.equal(all?.length, 3);
    assert.equal(first?.filename, "/home/john.doe/MyProject/project.cpp");
    assert.equal(first?.commands, all);
  });

  test("guesses for a file it does not know, as libclang does, and refuses when disposed of", () => {
    const database = CompilationDatabase.fromDirectory(folder);
    assert.doesNotThrow(() => database.getCompileCommands("do_not_exist.cpp"));
    database.dispose();
    assert.throws(() => database.getAllCompileCommands(), LibclangError);
  });
});

describe("the library", { skip }, () => {
  test("has every function that is declared, at least those of cindex", () => {
    const all = functions();
    const names = Object.keys(all) as (keyof typeof all)[];
    assert.ok(names.length >= 169);
    assert.deepEqual(
      names.filter((name) => !Config.function_exists(name)),
      [],
    );
    assert.equal(Config.function_exists("clang_no_such_function"), false);
  });

  test("says its version, and is named before the first use only", () => {
    assert.match(clang_version(), /clang version \d+/);
    assert.ok(Config.loaded);
    assert.throws(() => Config.set_library_file("/elsewhere.so"), LibclangError);
    assert.throws(() => Config.set_library_path("/elsewhere"), LibclangError);
  });
});
